"""One object from which there will be one Secret, with just the keys that it was given."""

from collections.abc import Iterable, Mapping
from typing import Any

from components.manifest import (
    Configured,
    Existing,
    External,
    Generated,
    Infisical,
    Manifest,
    Operated,
    Sealed,
    Secret,
    markers_in,
)
from components.names import Scope
from components.secrets import external, infisical, sealed
from components.secrets.template import Entries, Wanted
from components.settings.mistakes import Mistake, SettingsRefused
from components.settings.source import SecretSource

_SUFFIXES = {Infisical: "-infisical", External: "-external", Sealed: "-sealed"}
_MAKERS = {Infisical: infisical.made, External: external.made, Sealed: sealed.made}


def marker(scope: Scope, source: SecretSource, owner: str, *, kept: bool = True) -> Secret:
    """The marker of a secret source. `owner` names what is generated, and stays when other secrets come and go; not
    `kept`, it may go with what it is for. An existing Secret is one of the namespace of `scope`."""
    if source.config is not None:
        return Configured(source.config)
    if source.secret is not None:
        return Existing(scope.namespace, source.secret.name, source.secret.key)
    if source.infisical is not None:
        return Infisical(source.infisical.path, source.infisical.key)
    if source.external is not None:
        return External(source.external.key, source.external.property)
    if source.sealed is not None:
        return Sealed(source.sealed)
    return Generated(owner, source.generate or 40, kept)


def name_of(name: str, secret: Secret) -> str:
    """What a Secret called `name` is called when `secret` is in it.

    Each operator's has another name than ours: a value that moves between sources never gives one Secret two owners,
    and the old Secret goes only after the pods have left it.
    """
    return name + _SUFFIXES.get(type(secret), "")


def opaque(
    scope: Scope,
    name: str,
    entries: Entries,
    labels: Mapping[str, str],
    secret_type: str = "Opaque",  # noqa: S107 (a type, no password)
    *,
    held: bool = False,
) -> Manifest:
    """What there will be a Secret with these entries of; the Secret has the name of the object. It is kept where the
    stack keeps its data (rule 6).

    `held`: an operator fetches the values when the object is made and when somebody asks, not by itself.
    """
    found = operated_in(entries)
    whole = name_of(name, found) if found else name
    return named(scope, whole, entries, labels, secret_type, held=held)


def operated_in(entries: Any) -> Operated | None:
    """The first value in `entries` that an operator gives; None where the engine has them all."""
    return next((found for found in markers_in(entries) if isinstance(found, Operated)), None)


def named(
    scope: Scope, name: str, entries: Entries, labels: Mapping[str, str], secret_type: str, *, held: bool
) -> Manifest:
    """The same as `opaque`, whose name stays as it is. Raises SettingsRefused where no operator could fill it alone."""
    found = operated_in(entries)
    if found is None:
        content = {"type": secret_type, "stringData": dict(entries)}
        return scope.manifest("v1", "Secret", name, content, labels=labels, keep=True)
    _refuse_mixed(name, entries)
    return _MAKERS[type(found)](scope, Wanted(name, entries, labels, secret_type, held))


def _refuse_mixed(name: str, entries: Entries) -> None:
    found = sorted({_place(each) for each in markers_in(entries)})
    if len(found) > 1:
        do = "take them all from one source, and in Infisical from one folder"
        told = Mistake("the plan", f"Secret/{name}", f"values from {' and '.join(found)}", "values from one place", do)
        raise SettingsRefused([told])


def _place(value: Any) -> str:
    """Where a value comes from: all of one place, one object can fetch."""
    if isinstance(value, Infisical):
        return f"infisical {value.path}"
    return type(value).__name__.lower() if isinstance(value, Operated) else "the engine"


def refuse_own(manifests: Iterable[Manifest]) -> None:
    """Raise SettingsRefused where an existing Secret is named that this plan makes: it would wait for itself."""
    bodies = list(manifests)
    ours = {(each.namespace, each.name) for each in bodies if each.reference[0] == "Secret"}
    named = {each for body in bodies for each in markers_in(body.body) if isinstance(each, Existing)}
    taken = sorted({each.name for each in named if each.maker is None and (each.namespace, each.name) in ours})
    if taken:
        raise SettingsRefused(
            Mistake(
                "the plan",
                f"Secret/{name}",
                "a Secret that the stack makes itself, named as an existing one",
                "`secret: {name: …}` with the name of a Secret that somebody else keeps",
                "for a role of the database there is `connection`; for a value of your own, name its source again",
            )
            for name in taken
        )
