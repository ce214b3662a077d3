"""What pulumi-policy hands to a policy, as plain values."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_policy import PolicyProviderResource, PolicyResource, proxy

from policy.objects import UNKNOWN, Resource

_SENTINELS = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))
_CLUSTER = ("kubeconfig", "context", "cluster")
"""The options of pulumi-kubernetes' provider that say which cluster it speaks to."""


def plain(value: Any) -> Any:
    """`value` without pulumi-policy's proxies, with UNKNOWN where they would raise; whole numbers as int.

    Values come through protobuf's Struct, which has doubles only.
    """
    if isinstance(value, str):
        return UNKNOWN if value in _SENTINELS else value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        # As the SDK's own deserialize.py gets below a proxy; its other ways in raise at the first unknown value.
        inner = value if isinstance(value, dict) else value["__target"]
        return {key: plain(item) for key, item in inner.items()}
    if isinstance(value, Sequence):
        return [plain(item) for item in (value if isinstance(value, list) else value["__target"])]  # pyright: ignore
    return value


def resource(given: PolicyResource) -> Resource:
    """One resource of the stack."""
    options = plain(given.provider.props) if given.provider else {}
    return Resource(
        given.urn,
        given.resource_type,
        given.name,
        plain(given.props),
        _cluster(given.provider, options),
        str(options.get("namespace") or ""),
    )


def _cluster(provider: PolicyProviderResource | None, options: Mapping[str, Any]) -> str:
    """What two providers share that speak to one cluster: a digest, for a kubeconfig holds credentials."""
    said = [options.get(name) for name in _CLUSTER]
    if provider and UNKNOWN in said:
        return provider.urn
    return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()
