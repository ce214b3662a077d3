"""Stacks whose database is elsewhere, for the tests that look at them: the Observer's, in the ways that there are."""

from pathlib import Path
from typing import Any

import plans
import yaml
from refused import copy_of_settings

from components import gate
from components.compose import Plan, compose
from components.settings import load

USERS = {"owner": "obs-owner", "app": "obs-app", "reader": "obs-reader"}
SECRETS = {"owner": "rds-owner", "app": "rds-app", "reader": "rds-reader"}
CLOUD: dict[str, Any] = {
    "host": "observer.abc.eu-central-1.rds.amazonaws.com",
    "name": "observer",
    "secrets": SECRETS,
    "users": USERS,
    "cidr": "10.20.0.0/16",
}
"""A database outside of the cluster."""

PODS: dict[str, Any] = CLOUD | {
    "host": "pg.data.svc.cluster.local",
    "cidr": None,
    "pods": {"namespace": "data", "labels": {"app": "pg"}},
}
"""One in the cluster, that nothing here describes."""


def of(external: dict[str, Any] | None, **apps: Any) -> dict[str, Any]:
    """A patch on dev: the one word, and where the database is."""
    return {"database": {"topology": "external", "external": external}} | ({"apps": {"observer": apps}} if apps else {})


def report(found: load.Stack, plan: Plan | None = None) -> gate.Report:
    """What the contracts find."""
    return gate.judged(found.system, plan or compose(found.system, found.provider))


def contracts(patch: dict[str, Any], stack: str = "dev") -> set[str]:
    """The contracts that are broken, or undecided, for a stack with `patch` on top."""
    found = report(plans.decoded(stack, patch))
    return {violation.contract for violation in [*found.broken, *found.undecided]}


class Two:
    """The stack files in a place of their own, where the Observer of dev consumes a tenant of databases-dev."""

    def __init__(self, place: Path) -> None:
        self.root = place
        copy_of_settings(place)
        self.change("databases-dev", tenants={"observer": {"namespace": "observer-dev"}})
        self.consume(stack="databases-dev", tenant="observer")

    def consume(self, **external: Any) -> "Two":
        return self.change("dev", database={"topology": "external", "external": external})

    def change(self, stack: str, **sections: Any) -> "Two":
        """Merge sections into a stack's file."""
        path = self.root / f"Pulumi.{stack}.yaml"
        whole = yaml.safe_load(path.read_text())
        for section, content in sections.items():
            key = plans.PREFIX + section
            whole["config"][key] = plans.layered(whole["config"].get(key, {}), content)
        path.write_text(yaml.safe_dump(whole))
        return self

    def decoded(self) -> load.Stack:
        return load.decode(load.from_file("dev", self.root), self.root)

    def plan(self) -> Plan:
        found = self.decoded()
        return compose(found.system, found.provider)

    def report(self) -> gate.Report:
        return report(self.decoded())
