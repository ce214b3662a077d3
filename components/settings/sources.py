"""The `sources` section: what the operators that bring secrets into the cluster must be told besides path and key."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field

from components.settings.mistakes import ask_all
from components.settings.section import Section, rule
from components.settings.source import OF_OPERATORS, SecretSource
from components.settings.words import Label, ObjectName

Form = Literal["v1alpha1", "legacy", "v1beta1"]
_OF_FORM: dict[Form, tuple[str, ...]] = {
    "v1alpha1": ("credentials", "project_slug"),
    "legacy": ("credentials", "project_slug"),
    "v1beta1": ("auth", "project_id"),
}
"""Form → what it can't do without. v1beta1 asks for the project's id, the older ones are told its slug."""

_ONLY = {"host_api": ("v1alpha1", "legacy")}

_DURATION = r"(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+"
"""As Go's time.ParseDuration reads it, without a sign."""

_EXAMPLES = {
    "infisical": "{credentials: {secretName: infisical-universal-auth, secretNamespace: argocd}, projectSlug: vixens, "
    "envSlug: dev}",
    "external": "{store: vault, kind: ClusterSecretStore}",
    "sealed": "{scope: strict}",
}


class CredentialsRef(Section):
    """The Secret with `clientId` and `clientSecret` of a machine identity (universal auth)."""

    secret_name: ObjectName
    secret_namespace: Label


class AuthRef(Section):
    """An InfisicalAuth, which whoever runs the operator keeps."""

    name: ObjectName
    namespace: Label


class Infisical(Section):
    """How Infisical is asked, and how often.

    `form`: InfisicalSecret v1alpha1 with `managedKubeSecretReferences`; legacy, the same with the deprecated
    `managedSecretReference`; or v1beta1, an InfisicalStaticSecret. `resync_interval` in seconds.
    """

    form: Form = "v1alpha1"
    host_api: Annotated[str | None, Field(alias="hostAPI", pattern=r"^https?://[^/\s]+(/\S*)?$")] = None
    credentials: CredentialsRef | None = None
    auth: AuthRef | None = None
    project_slug: str | None = Field(default=None, min_length=1)
    project_id: str | None = Field(default=None, min_length=1)
    env_slug: str = Field(min_length=1)
    resync_interval: int = Field(default=60, ge=5, le=86400)

    @rule
    def _complete(self) -> None:
        needed = _OF_FORM[self.form]
        others = {field for fields in _OF_FORM.values() for field in fields} - set(needed)
        others |= {field for field, forms in _ONLY.items() if self.form not in forms}
        lacking = [_written(type(self), field) for field in needed if getattr(self, field) is None]
        beside = [_written(type(self), field) for field in sorted(others) if getattr(self, field) is not None]
        if lacking or beside:
            wanted = " and ".join(f"`{_written(type(self), field)}`" for field in needed)
            found = [f"no {field}" for field in lacking] + [f"`{field}`" for field in beside]
            raise ValueError(f"allowed: {wanted} with `form: {self.form}`, and no other; found {', '.join(found)}")


class External(Section):
    """Which store External Secrets reads, and how often: a duration as Go writes it."""

    store: ObjectName
    kind: Literal["SecretStore", "ClusterSecretStore"] = "SecretStore"
    refresh_interval: str = Field(default="1h", pattern=f"^{_DURATION}$")


class Sealed(Section):
    """For which name and namespace values are sealed (sealed-secrets README, «Scopes»)."""

    scope: Literal["strict", "namespace-wide", "cluster-wide"] = "strict"


class Sources(Section):
    """One section for each operator that is used."""

    infisical: Infisical | None = None
    external: External | None = None
    sealed: Sealed | None = None


def _written(section: type[Section], field: str) -> str:
    return section.model_fields[field].alias or field


def sources_in(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], SecretSource]]:
    """Every SecretSource below `value`, wherever it stands, with the keys that lead to it in a file."""
    match value:
        case SecretSource():
            yield path, value
        case Section():
            for field in type(value).model_fields:
                yield from sources_in(getattr(value, field), (*path, _written(type(value), field)))
        case Mapping():
            for key, item in value.items():
                yield from sources_in(item, (*path, str(key)))
        case list() | tuple():
            for number, item in enumerate(value):
                yield from sources_in(item, (*path, str(number)))


def refuse_unmatched(sources: Sources, settings: Section) -> None:
    """Raise ValueError where `settings` take a value from an operator that `sources` says nothing of, where a section
    is there that nothing uses, and where one sealed value would have to be opened in two namespaces."""
    every = list(sources_in(settings))
    paths = {name: [path for path, source in every if getattr(source, name) is not None] for name in OF_OPERATORS}
    ask_all(partial(_refuse_one, operator, getattr(sources, operator), used) for operator, used in paths.items())


def _refuse_one(operator: str, section: Section | None, used: list[tuple[str, ...]]) -> None:
    if used and section is None:
        raise ValueError(
            f"allowed: `{operator}` at {_told(used)} with a section for it, for instance "
            f"`sources: {{{operator}: {_EXAMPLES[operator]}}}`; found no `sources.{operator}`"
        )
    if section is not None and not used:
        raise ValueError(
            f"allowed: `sources.{operator}` together with a secret that has `{operator}:`; found no such secret: "
            "delete the section, or name what comes from there"
        )
    if isinstance(section, Sealed) and section.scope != "cluster-wide":
        _refuse_narrow(section, [path for path in used if path[0] == "tenants"])


def _refuse_narrow(sealed: Sealed, used: list[tuple[str, ...]]) -> None:
    if used:
        raise ValueError(
            f"allowed: `sources.sealed.scope: cluster-wide` for {_told(used)}, which is opened in the database's "
            f"namespace and in the tenant's; found {sealed.scope}"
        )


def _told(paths: list[tuple[str, ...]]) -> str:
    first, *more = [".".join(path) for path in paths]
    return f"{first} and {len(more)} more" if more else first
