"""The programs of scripts/, as pods find them: their ConfigMap, where it is mounted, and which one ends a member."""

from pathlib import Path
from typing import Any

from components import volumes
from components.manifest import Manifest
from components.names import Scope
from components.postgres.replicated import patroni
from components.postgres.replicated.addresses import PATRONI, Addresses
from components.settings.database import Database

ABOVE = patroni.DIRECTORY
"""The folder above the package `scripts`: `python3 -m scripts.NAME` is started there."""
FOLDER = Path(__file__).resolve().parent / "scripts"


def config_map(scope: Scope, addresses: Addresses) -> Manifest:
    """The ConfigMap with the programs."""
    name = f"{addresses.database.service}-scripts"
    data = {file.name: file.read_text() for file in sorted(FOLDER.glob("*.py"))}
    return scope.manifest("v1", "ConfigMap", name, {"data": data}, labels=scope.labels(name, "database"))


def volume(programs: Manifest) -> dict[str, Any]:
    """A member's volume with them."""
    return volumes.of_config_map("scripts", programs.name)


def mount() -> dict[str, Any]:
    """Where a member has them."""
    return volumes.mount("scripts", f"{ABOVE}/scripts", read_only=True)


def before_stop(database: Database) -> dict[str, Any]:
    """A member's lifecycle: it hands over first (scripts/hand_over.py), in at most half of the time that it has to end,
    so that PostgreSQL's own stop has the other half."""
    words = [patroni.TLS, f"https://localhost:{PATRONI}", str(database.shutdown_seconds // 2)]
    # A hook is started in the image's own folder; its program imports its siblings.
    command = ["env", f"PYTHONPATH={ABOVE}", "python3", "-m", "scripts.hand_over", *words]
    return {"preStop": {"exec": {"command": command}}}
