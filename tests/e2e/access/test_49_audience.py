"""Who else gets in: people who may read one role's Secret. This node enforces no NetworkPolicy, so who is let in by
`clients` is held by unit tests and contracts alone."""

from tests.e2e.access.encrypted import Encrypted


def test_who_may_read_one_secret_may_read_no_other(encrypted: Encrypted) -> None:
    def may(verb: str, what: str) -> bool:
        who = ["--as", "somebody", "--as-group", "analysts"]
        return encrypted.live.ask("auth", "can-i", verb, what, *who).text.startswith("yes")

    assert may("get", "secret/postgres-reader"), "`readers` names the group"
    others = ("secret/postgres-app", "secret/postgres-owner", "secret/postgres-superuser", "secret/observer-secrets")
    assert [what for what in others if may("get", what)] == [], "of the Secrets it is that one"
    assert not may("list", "secrets"), "to list them is to read them all"
