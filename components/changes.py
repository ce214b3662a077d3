"""From one record of identity.py to the next: what would lose data, refused with the way to do what was meant.

The engine runs `refuse_change` before it updates the record, at preview too, so such a plan ends before anything is
touched.
"""

import json
from collections.abc import Mapping
from typing import Any

from components.settings import turns
from components.settings.quantity import amount


class ChangeRefused(Exception):
    """An edit that would lose data, with the way to do what was meant."""


def refusals(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Why the step from one record's data to another's is refused; empty where it is not."""
    found = _server(json.loads(old["database"]), json.loads(new["database"]))
    claims_before, claims_now = json.loads(old["claims"]), json.loads(new["claims"])
    for name, before in claims_before.items():
        now = claims_now.get(name)
        if now is None:
            found.append(
                f"the claim {name} would be deleted with its data. Keep it under its name; or, if its data may go, "
                f"delete it from the state first: `pulumi state delete` its URN, and `kubectl delete pvc {name}` last"
            )
        else:
            found += _claim(name, before, now)
    topology = json.loads(new["database"])["topology"]
    generation = _histories if topology in ("standalone", "replicated") else _generation
    return found + generation(old, new) + _tenants(_held(old), _held(new)) + _turns(old, new)


def _histories(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Each generation of a server's own has a data directory of its own; one that nobody fills is empty."""
    before, now = (int(data.get("generation", 1)) for data in (old, new))
    there = f"generation {before} has data"
    if now < before:
        return [
            f"backups would go from generation {before} back to {now}, and the server to older data with it: "
            f"{there}. Set `backup.wal.generation` back to {before}; to get older data back, recover it into "
            f"{before + 1}"
        ]
    if now > before and "recovery" not in new:
        return [
            f"backups would go from generation {before} to {now} with nothing to recover, and the server to an "
            f"empty directory. Set it back to {before}, or say in `database.recovery` what {now} begins with"
        ]
    if now > before and json.loads(new["database"])["topology"] == "replicated":
        return [
            f"a replicated database would go from generation {before} to {now} one member after another, and two "
            f"of them would be primary. Set it back to {before}, recover into a second stack, and point the apps "
            "there: docs/wal.md has each command"
        ]
    if now == before and "recovery" in new and new["recovery"] != old.get("recovery"):
        return [
            f"a recovery from {new['recovery']} would find a directory that is not empty: {there}. Raise "
            f"`backup.wal.generation` to {now + 1}, or leave `recovery` out"
        ]
    return []


def _generation(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    before, now = int(old.get("generation", 0)), int(new.get("generation", 0))
    if not 0 < now < before:
        return []
    return [
        f"backups would go from generation {before} back to {now}, whose archive holds another history: "
        f"together they restore nothing. Set it back to {before}, or take one that was never used, such as {before + 1}"
    ]


def _turns(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    before, now = (json.loads(data.get("rotations", "{}")) for data in (old, new))
    return turns.skipped(before, now)


def _held(data: Mapping[str, str]) -> dict[str, str]:
    """Tenant → database."""
    return json.loads(data.get("tenants", "{}"))


def _tenants(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [
        f"the tenant {name} would go from the database {database} to {now[name]}, an empty one. Set it back to "
        f"{database}; or make a second tenant, and copy the data there"
        for name, database in before.items()
        if now.get(name, database) != database
    ]


def departures(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """What becomes of tenants that the new record no longer has, in a sentence each."""
    before, now = _held(old), _held(new)
    return [
        f"{name} is no tenant any more: its roles can no longer log in, its Secrets go; the database {database} stays "
        f"with all its data. The same lines give it back; `DROP DATABASE` in psql as the superuser ends it for good"
        for name, database in before.items()
        if name not in now
    ]


def _claim(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    found = []
    if amount(now["size"]) < amount(before["size"]):
        found.append(
            f"the claim {name} would shrink from {before['size']} to {now['size']}, which Kubernetes can't. "
            f"Set it back to {before['size']}; or copy its data to a new claim under another name"
        )
    for field, word in (("class", "storage class"), ("mode", "access mode")):
        if now[field] != before[field]:
            found.append(
                f"the claim {name} would change its {word} from {before[field] or 'the default'} to "
                f"{now[field] or 'the default'}, which replaces it by an empty one. Copy its data to a new claim"
            )
    return found


_NAMES = (
    ("service", "database's service", "a second server, with new passwords, would wait for the first one's claim"),
    ("name", "database's name", "an empty one would be made beside it, and the apps would see no row"),
    ("superuser", "superuser", "it is made in an empty data directory only, so nobody could log in"),
    ("scope", "scope in etcd", "no member would find its cluster there, and none would start"),
    ("etcd", "number of etcd's members", "etcd takes its members from its data; add or remove one with etcdctl"),
)
"""What the data was made with: initdb's names, and what etcd keeps beside them."""


def _server(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    found = []
    # An external database has neither version nor claim to lose.
    both = before.keys() & now.keys()
    if "version" in both and now["version"] != before["version"]:
        found.append(
            f"PostgreSQL would go from {before['version']} to {now['version']}, and {now['version']} can't read the "
            f"data directory of {before['version']}. Make a second stack with version {now['version']}, dump and "
            "restore into it, then point the apps there: docs/upgrading.md has each command"
        )
    if now["topology"] != before["topology"]:
        what = "leaves its rows behind" if now["topology"] == "external" else "begins with an empty database"
        found.append(
            f"the topology would go from {before['topology']} to {now['topology']}, which {what}. "
            "Make a second stack with the new topology, dump and restore into it: docs/moving.md has each command"
        )
    for key, what, why in _NAMES:
        if key in both and now[key] != before[key]:
            found.append(f"the {what} would go from {before[key]} to {now[key]}: {why}. Set it back to {before[key]}")
    if "claim" in both and now["claim"] != before["claim"]:
        found.append(
            f"the database would move from the claim {before['claim']} to {now['claim']}, an empty one. "
            f"Set it back to {before['claim']}"
        )
    return found


def refuse_change(old_inputs: Mapping[str, Any], new_inputs: Mapping[str, Any]) -> None:
    """Raise ChangeRefused with every reason, when the update of the record from `old_inputs` would lose data."""
    if found := refusals(old_inputs["data"], new_inputs["data"]):
        head = "refused, nothing was touched:" if len(found) == 1 else f"{len(found)} changes refused, nothing touched:"
        raise ChangeRefused("\n  - ".join([head, *found]))
