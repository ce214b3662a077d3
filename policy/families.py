"""One policy for each family of contracts: its name, what it promises, its configuration. Pure."""

from collections.abc import Mapping
from typing import Any

from contracts import Waiver
from contracts.catalogue import connection, paths, secrets, security, storage, wiring
from policy.unknown import UNJUDGED

_WAIVERS = "waivers"

FAMILIES: dict[str, tuple[str, frozenset[str]]] = {
    name: (promise, frozenset(contract.id for contract in family.CONTRACTS))
    for name, promise, family in (
        ("paths", "What is written lies under a writable mount, where the code looks for it.", paths),
        ("connection", "A host, port, database and role that an app reads is there and in reach.", connection),
        ("secrets", "What a pod reads is there with every key, and no secret stands in plain text.", secrets),
        ("storage", "A claim is there, and is not shared by pods that can't share it.", storage),
        ("wiring", "Services, ports, probes, selectors, accounts and budgets fit together.", wiring),
        ("security", "Pods meet the restricted standard, and can work under it.", security),
    )
}
"""Name of the policy → what it promises, and the numbers of its contracts."""

UNDECIDED = "undecided"
"""The policy that tells what the resources alone do not decide, of the families that are not disabled."""


def schema(contracts: frozenset[str]) -> dict[str, dict[str, Any]]:
    """The JSON schema of a policy's configuration; Pulumi checks it before the policy runs."""
    kind_and_name = {"type": "string", "pattern": r"^[A-Za-z]+ \S+$"}
    waiver = {
        "contract": {"type": "string", "enum": sorted(contracts)},
        "object": {**kind_and_name, "description": "`Kind name` or `Kind namespace/name`"},
        "reason": {"type": "string", "minLength": 1},
    }
    items = {"type": "object", "required": list(waiver), "additionalProperties": False, "properties": waiver}
    return {_WAIVERS: {"type": "array", "items": items, "description": "What an object may break, and why."}}


def waivers(config: Mapping[str, Any]) -> list[Waiver]:
    """The waivers of a configuration that the schema has passed.

    Raises ValueError for a setting that is none: Pulumi's schema of a policy can't refuse it.
    """
    if unknown := sorted(set(config) - {_WAIVERS}):
        raise ValueError(f"`{unknown[0]}` is no setting of a policy; there are `{_WAIVERS}` and `enforcementLevel`")
    return [Waiver(entry["contract"], entry["object"], entry["reason"]) for entry in config.get(_WAIVERS) or ()]


UNDECIDED_CONTRACTS = frozenset({UNJUDGED})
"""What that policy finds by itself, and what its own waivers are for."""
