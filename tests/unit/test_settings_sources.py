"""Where secrets come from: what is refused, and in which words; a secret's value is in none of them."""

import plans
import pytest
import refused
import sourced

from components.settings.source import SecretSource
from components.settings.sources import sources_in


def secret(**source):
    return {"apps": {"observer": {"secrets": {"X": source}}}}


def with_section(patch, **section):
    return plans.layered(patch, {"sources": section})


INFISICAL = sourced.variable("infisical")
STATIC = {**INFISICAL, "sources": {"infisical": sourced.STATIC}}


def of_infisical(base=INFISICAL, **fields):
    return with_section(base, infisical=fields)


TENANT = {"namespace": "docspell", "passwords": {"owner": {"sealed": sourced.SEALED}}}
SHARED = {"database": {"topology": "shared", "version": 17, "image": "postgres:17-alpine", "user": 70}}

REFUSED = {
    "no source": (secret(), "exactly one of config, external, generate, infisical, sealed, secret"),
    "two sources": (
        {**secret(external={"key": "a"}, sealed=sourced.SEALED), **sourced.sources("external", "sealed")},
        "external and sealed",
    ),
    "an operator without its section": (
        secret(external={"key": "kis"}),
        "apps.observer.secrets.X with a section for it, for instance `sources: {external: {store: vault, kind: "
        "ClusterSecretStore}}`",
    ),
    "several without their section": (sourced.passwords("infisical") | {"sources": {}}, "owner and 2 more"),
    "a section that nothing uses": (sourced.sources("sealed"), "a secret that has `sealed:`"),
    "a text in place of path and key": (secret(infisical="/kis/APP_KEY"), "a mapping of path, key"),
    "a text in place of name and key": (secret(secret="kis"), "a mapping of name, key"),
    "a key of a Secret without its name": (secret(secret={"key": "k"}), "this key is required"),
    "another word for property": (
        {**secret(external={"key": "kis", "field": "appKey"}), **sourced.sources("external")},
        "the unknown key `field`",
    ),
    "a folder with a slash at its end": (
        {**secret(infisical={"path": "/kis/", "key": "K"}), **sourced.sources("infisical")},
        "without a slash at its end",
    ),
    "a folder that does not begin at the root": (
        {**secret(infisical={"path": "kis", "key": "K"}), **sourced.sources("infisical")},
        "a folder from the root",
    ),
    "no credentials": (of_infisical(credentials=None), "no credentials"),
    "no project": (of_infisical(projectSlug=None), "`credentials` and `projectSlug` with `form: v1alpha1`"),
    "the fields of another form": (of_infisical(form="v1beta1"), "no auth, no projectId, `credentials`"),
    "a project's id for an older form": (of_infisical(projectId="x"), "found    `projectId`"),
    "a host where the InfisicalConnection has it": (of_infisical(STATIC, hostAPI="https://a.example"), "`hostAPI`"),
    "a host without its scheme": (of_infisical(hostAPI="infisical.example.org"), "a text of the form ^https?://"),
    "a form that is not": (of_infisical(form="v1"), "v1alpha1, legacy, v1beta1"),
    "seconds as a text": (of_infisical(resyncInterval="60"), "a whole number, without quotes"),
    "an interval of nothing": (of_infisical(resyncInterval=0), "a number from 5 on"),
    "an interval without its unit": (
        with_section(sourced.variable("external"), external={"refreshInterval": "60"}),
        "a text of the form",
    ),
    "a kind of store that is not": (
        with_section(sourced.variable("external"), external={"kind": "Vault"}),
        "SecretStore, ClusterSecretStore",
    ),
    "a scope that is not": (with_section(sourced.variable("sealed"), sealed={"scope": "cluster"}), "cluster-wide"),
    "a tenant's sealed password that one namespace can open": (
        plans.layered(SHARED, {"tenants": {"docspell": TENANT}} | sourced.sources("sealed")),
        "`sources.sealed.scope: cluster-wide` for tenants.docspell.passwords.owner",
    ),
    "a password for a role that is none": (
        {"database": {"passwords": {"superuser": {"generate": 40}}}},
        "owner, app, reader, monitor",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    patch, words = REFUSED[case]
    assert words in str(refused.refusal(patch)), f"{case}: the message says what is allowed"


PLACES = {
    "an app's secret": ("apps", "observer", "secrets", "X"),
    "a role's password": ("database", "passwords", "app"),
    "a registry's password": ("pullSecrets", "ghcr-secret", "password"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("source", ["", "sealed", "generate", "infisical", "external", "secret"])
def test_a_secret_that_somebody_wrote_down_is_not_repeated(place, source):
    given = {source: refused.PLAIN} if source else refused.PLAIN
    patch = refused.nested(PLACES[place], given)
    if place == "a registry's password" and source:
        patch["pullSecrets"]["ghcr-secret"]["password"]["config"] = None
    assert refused.PLAIN not in str(refused.refusal(patch)), "what is refused is printed, and kept by CI"


@pytest.mark.parametrize(
    "text",
    [sourced.SEALED[:-30] + "!", "AgB", "QQ==", sourced.SEALED[:600], "x" * 700, "AAAA" * 20],
    ids=["no base64", "too short for a key", "one byte", "a key without a value", "a key too long", "a key of nothing"],
)
def test_what_kubeseal_did_not_print_is_refused(text):
    found = str(refused.refusal({**secret(sealed=text), **sourced.sources("sealed")}))
    assert "what `kubeseal --raw` prints" in found and text not in found


@pytest.mark.parametrize("source", sourced.VALUES)
@pytest.mark.parametrize("place", PLACES)
def test_every_source_is_taken_everywhere(place, source):
    patch = refused.nested(PLACES[place], {"config": None, **sourced.VALUES[source]}) | sourced.sources(source)
    found = {".".join(path): given for path, given in sources_in(plans.system("dev", patch))}
    taken = found[".".join(PLACES[place])].model_dump(include=set(SecretSource.model_fields))
    assert taken == SecretSource.model_validate(sourced.VALUES[source]).model_dump(), "as it was written"


def test_a_configured_password_is_asked_for_wherever_it_stands():
    from components.settings import load  # noqa: PLC0415

    given = load.from_file("dev")
    patch = plans.layered(given.patch, {"database": {"passwords": {"app": {"config": "dbPassword"}}}})
    stack = load.decode(load.Configuration("dev", patch, given.secrets))
    assert "dbPassword" in stack.unset, "`make check` tells what is to be set before an `up`"


def test_each_operator_without_a_section_and_each_section_without_a_use_are_told_at_once():
    patch = {**secret(external={"key": "kis"}), **sourced.sources("sealed")}
    said = [mistake.allowed for mistake in refused.refusal(patch).mistakes]
    assert len(said) == 2, said
    assert any("`external` at" in text for text in said) and any("`sources.sealed`" in text for text in said), (
        "one was put in the other's place: who sees only one of them corrects the wrong one"
    )
