"""Whether a stack can consume what another one runs: both Systems are decoded, and fit."""

from collections.abc import Iterator

from components.settings.mistakes import Mistake, SettingsRefused, nearest
from components.settings.system import System


def refuse_unfit(stack: str, system: System, provider: System) -> None:
    """Raise SettingsRefused with what keeps `system`, of `stack`, from consuming its tenant of `provider`."""
    found = [
        Mistake(f"Pulumi.{stack}.yaml", f"database.external.{path}", *words)
        for path, *words in _unfit(system, provider)
    ]
    if found:
        raise SettingsRefused(found)


def _unfit(system: System, provider: System) -> Iterator[tuple[str, str, str, str]]:
    """(path, found, allowed, what to do) of each."""
    external = system.database.external
    if external is None or external.stack is None or external.tenant is None:
        return
    other, topology = external.stack, provider.database.topology
    if not provider.database.is_shared:
        found = f"{other}, whose topology is {topology}"
        if provider.database.is_external:
            found += ": it runs no database either, so that neither of two can consume the other"
        do = f"name a stack with `topology: shared`, or write it in {other} and add the tenant there"
        yield "stack", found, "a stack with a shared Cluster", do
        return
    if external.tenant not in provider.tenants:
        lines = f"`tenants: {{{external.tenant}: {{namespace: {system.namespace.name}}}}}` in {other}"
        near = nearest(external.tenant, provider.tenants)
        there = ", ".join(sorted(provider.tenants)) or f"none, {other} has no tenants"
        yield "tenant", repr(external.tenant), there, f"{near} or write {lines}" if near else f"write {lines}"
        return
    theirs, ours = provider.tenants[external.tenant].namespace, system.namespace.name
    if theirs != ours:
        yield (
            "tenant",
            f"{external.tenant}, whose Secrets {other} puts into the namespace {theirs}",
            f"a tenant of this stack's namespace, {ours}",
            f"write `namespace: {{name: {theirs}}}` here, or `namespace: {ours}` at tenants.{external.tenant} there",
        )
    if provider.cluster.domain != system.cluster.domain:
        yield (
            "stack",
            f"{other}, whose cluster.domain is {provider.cluster.domain}",
            f"a stack of the same cluster; here the domain is {system.cluster.domain}",
            "write the same `cluster.domain` in both",
        )
