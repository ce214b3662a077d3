"""etcd_access.py: whatever it finds, etcd ends up asking for passwords, and a second run changes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from certificates import pem  # made by the tests, for an hour
from hypothesis import given
from hypothesis import strategies as st

from components.postgres.replicated.scripts import https
from components.postgres.replicated.scripts.etcd_access import answer, settle
from components.postgres.replicated.scripts.grants import permission
from components.postgres.replicated.scripts.https import Refused

PASSWORDS = {"root": "the-root-password", "patroni": "the-patroni-password"}
PREFIX = "/service/pg-ha/"
OTHER = permission("/service/other/")


class Etcd:
    """The part of etcd 3.6 below /v3/auth/, with its words (api/v3rpc/rpctypes/error.go)."""

    def __init__(self, users: dict[str, tuple[str, list[str]]], roles: dict[str, list[Any]], *, asks: bool) -> None:
        self.users = {name: [password, list(roles)] for name, (password, roles) in users.items()}
        self.roles: dict[str, list[Any]] = {name: list(permissions) for name, permissions in roles.items()}
        self.asks = asks
        self.changes: list[str] = []

    def __call__(self, path: str, token: str, **fields: Any) -> dict[str, Any]:
        if path != "authenticate" and self.asks and token != "token of root":
            raise ConnectionError("etcdserver: user name is empty")
        found = getattr(self, path.replace("/", "_"))(**fields)
        if not path.endswith(("list", "get", "authenticate")):
            self.changes.append(path)
        return found or {}

    def authenticate(self, name: str, password: str) -> dict[str, Any]:
        if not self.asks:
            raise Refused("etcdserver: authentication is not enabled")
        if name not in self.users or self.users[name][0] != password:
            raise Refused("etcdserver: authentication failed, invalid user ID or password")
        return {"token": f"token of {name}"}

    def enable(self) -> None:
        assert "root" in self.users["root"][1], "etcdserver: root user does not have root role"
        self.asks = True

    def user_list(self) -> dict[str, Any]:
        return {"users": sorted(self.users)} if self.users else {}

    def user_get(self, name: str) -> dict[str, Any]:
        return {"roles": self.users[name][1]} if self.users[name][1] else {}

    def user_add(self, name: str, password: str) -> None:
        if name in self.users:
            raise Refused("etcdserver: user name already exists")
        self.users[name] = [password, []]

    def user_changepw(self, name: str, password: str) -> None:
        self.users[name][0] = password

    def user_grant(self, user: str, role: str) -> None:
        assert role in self.roles, "etcdserver: role name not found"
        self.users[user][1].append(role)

    def user_revoke(self, name: str, role: str) -> None:
        self.users[name][1].remove(role)

    def role_list(self) -> dict[str, Any]:
        return {"roles": sorted(self.roles)} if self.roles else {}

    def role_get(self, role: str) -> dict[str, Any]:
        return {"perm": self.roles[role]} if self.roles[role] else {}

    def role_add(self, name: str) -> None:
        if name in self.roles:
            raise Refused("etcdserver: role name already exists")
        self.roles[name] = []

    def role_grant(self, name: str, perm: dict[str, str]) -> None:
        same = [p for p in self.roles[name] if (p["key"], p["range_end"]) == (perm["key"], perm["range_end"])]
        self.roles[name] = [p for p in self.roles[name] if p not in same] + [perm]

    def role_revoke(self, role: str, key: str, range_end: str) -> None:
        self.roles[role] = [p for p in self.roles[role] if (p["key"], p["range_end"]) != (key, range_end)]


def run(etcd: Etcd) -> str:
    said: list[str] = []
    settle(etcd, PASSWORDS, PREFIX, said.append)
    return "\n".join(said)


permissions = st.lists(
    st.sampled_from([permission(PREFIX), permission(PREFIX) | {"permType": "READ"}, OTHER]),
    unique_by=lambda p: p["key"],
)
off = st.builds(
    Etcd,
    st.fixed_dictionaries(
        {},
        optional={
            "root": st.tuples(st.just("left by a run that was killed"), st.sampled_from([[], ["root"]])),
            "patroni": st.tuples(st.just("old"), st.sampled_from([[], ["patroni"], ["root"], ["patroni", "root"]])),
        },
    ),
    st.fixed_dictionaries({"root": st.just([])}, optional={"patroni": permissions}),
    asks=st.just(False),
)
on = st.builds(
    lambda password, permissions: Etcd(
        {"root": (PASSWORDS["root"], ["root"]), "patroni": (password, ["patroni"])},
        {"root": [], "patroni": permissions},
        asks=True,
    ),
    st.sampled_from(["another", PASSWORDS["patroni"]]),
    permissions,
)


@given(st.one_of(off, on))
def test_from_any_half_done_state_a_run_reaches_what_is_wanted_and_another_changes_nothing(etcd: Etcd) -> None:
    said = run(etcd)
    assert etcd.asks and etcd.users == {
        "root": [PASSWORDS["root"], ["root"]],
        "patroni": [PASSWORDS["patroni"], ["patroni"]],
    }, "two users, each with its own role alone"
    assert etcd.roles["patroni"] == [permission(PREFIX)], "the keys of this cluster and no others"
    assert not [password for password in PASSWORDS.values() if password in said], "a Job's log is no secret"
    etcd.changes.clear()
    run(etcd)
    assert etcd.changes == [], "a second run finds all as wanted"


def test_an_empty_etcd_is_closed() -> None:
    etcd = Etcd({}, {}, asks=False)
    assert run(etcd).endswith(f"patroni reads and writes {PREFIX} and nothing else"), "the last line says how it is now"
    assert etcd.changes[-1] == "enable", "the door is shut when all who may enter have a key"


def test_another_password_of_root_is_refused_with_what_to_do_and_without_any_password() -> None:
    etcd = Etcd({"root": ("another", ["root"])}, {"root": []}, asks=True)
    with pytest.raises(Refused, match="etcdctl user passwd root") as refusal:
        run(etcd)
    assert PASSWORDS["root"] not in str(refusal.value) and etcd.changes == [], "nothing can be changed without root"


def test_a_run_that_another_one_overtakes_goes_on() -> None:
    etcd = Etcd({}, {}, asks=False)
    made = etcd.user_add

    def late(name: str, password: str) -> None:
        made(name, password)
        made(name, password)

    etcd.user_add = late
    run(etcd)
    assert etcd.asks, "that the user exists already is what was wanted"


@pytest.mark.parametrize(
    ("status", "text", "raised"),
    [
        (503, '{"code": 14, "message": "etcdserver: no leader"}', ConnectionError),
        (504, "gateway timeout", ConnectionError),
        (401, '{"code": 16, "message": "etcdserver: invalid auth token"}', ConnectionError),
        (400, '{"code": 3, "message": "etcdserver: revision of auth store is old"}', ConnectionError),
        (400, '{"code": 3, "message": "etcdserver: user name is empty"}', ConnectionError),
        (400, '{"code": 9, "message": "etcdserver: role name not found"}', Refused),
        (400, "CommonName of client sending a request against gateway will be ignored", Refused),
    ],
)
def test_an_answer_that_may_be_another_one_later_is_asked_for_again(
    status: int, text: str, raised: type[Exception]
) -> None:
    with pytest.raises(raised) as caught:
        answer(status, text)
    assert str(caught.value) in (text, json.loads(text)["message"] if text.startswith("{") else text), (
        "etcd's own words"
    )


def test_the_prefix_ends_where_the_next_one_begins() -> None:
    assert permission("/service/pg-ha/")["range_end"] == "L3NlcnZpY2UvcGctaGEw", "base64 of /service/pg-ha0"


def test_a_common_name_is_found_and_the_first_certificate_of_a_chain_is_the_own_one(tmp_path: Path) -> None:
    named, nameless, chain = (tmp_path / name for name in ("named.crt", "nameless.crt", "chain.crt"))
    named.write_bytes(pem(common_name="patroni"))
    nameless.write_bytes(pem())
    chain.write_bytes(nameless.read_bytes() + named.read_bytes())
    assert https.common_name(named) == "patroni", "etcd would refuse this client"
    assert https.common_name(nameless) == "", "and takes this one"
    assert https.in_file(chain) == https.in_file(nameless), "what a server shows first, not the authority that follows"
