"""A secret that stands in clear text is refused and never repeated."""

import pytest
from refused import OBSERVER, PLAIN, mistake, nested, refusal


@pytest.mark.parametrize(
    "patch",
    [
        nested((*OBSERVER, "secrets", "KIS_APP_KEY"), PLAIN),
        nested((*OBSERVER, "secrets", "KIS_APP_KEY"), {"config": f"{PLAIN}!"}),
        nested((*OBSERVER, "secrets", "KIS_APP_KEY"), {"value": PLAIN}),
        nested((*OBSERVER, "secrets", "KIS_APP_KEY"), [PLAIN]),
        nested((*OBSERVER, "secrets"), f"KIS_APP_KEY={PLAIN}"),
        nested((*OBSERVER, "secret"), f"{PLAIN}!"),
        nested((*OBSERVER, "password"), PLAIN),
        nested(("pullSecrets", "ghcr-secret", "password"), PLAIN),
        nested(("pullSecrets", "ghcr-secret"), PLAIN),
        nested(("database", "password"), PLAIN),
        nested(("database", "roles", "appPassword"), PLAIN),
        nested(("database", "parameters", "primary_conninfo_password"), f"{PLAIN}\n"),
        {"kisAppKey": PLAIN},
        {"dbPassword": PLAIN},
        {"token": 4711471147114711},
    ],
)
def test_a_secret_in_plain_text_is_refused_and_never_repeated(patch):
    text = str(refusal(patch))
    assert PLAIN not in text, "an error is printed, pasted and kept in logs"
    assert "4711471147114711" not in text, "neither is one of digits"


def test_a_secret_of_digits_is_not_repeated_either():
    only = mistake((*OBSERVER, "secrets", "KIS_APP_KEY"), 4711471147114711)
    assert "4711" not in str(only), "YAML reads digits as a number"


def test_a_known_secret_in_plain_text_is_told_how_to_encrypt_it():
    (only,) = refusal({"kisAppKey": PLAIN}).mistakes
    assert "pulumi config set --secret kisAppKey -s dev" in only.do
    assert only.found == "a secret in plain text (not repeated here)"


def test_a_secret_that_nothing_reads_is_refused_with_the_nearest_name():
    (only,) = refusal({}, secrets=frozenset({"kisApKey"})).mistakes
    assert only.do == "did you mean `kisAppKey`?", "a typing error in a secret's name would leave the app without it"
    (only,) = refusal({}, secrets=frozenset({"zzz"})).mistakes
    assert "pulumi config rm zzz -s dev" in only.do


def test_one_mistake_does_not_cause_a_second():
    error = refusal(nested((*OBSERVER, "port"), "8000"), secrets=frozenset({"kisAppKey", "ghcrToken"}))
    assert [m.path for m in error.mistakes] == ["apps.observer.port"], "the set secrets are still known to be read"
