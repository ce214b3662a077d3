"""A cluster of Patroni members in memory, as far as settle.py sees it: what takes a restart, and what one does."""

import json
from dataclasses import dataclass, field
from typing import Any

from components.postgres.replicated.scripts.member import Member
from components.postgres.replicated.scripts.rolling import TIED

RESTART = ("max_connections", "max_worker_processes", "shared_buffers")
"""Parameters of context postmaster, of those that the tests change."""


def document(**parameters: str) -> dict[str, Any]:
    return {"ttl": 20, "synchronous_mode": True, "postgresql": {"parameters": parameters}}


@dataclass
class Server:
    """One member; `running` is what PostgreSQL was started with, `loads` how often Patroni has read etcd."""

    name: str
    running: dict[str, str]
    seen: dict[str, Any]
    leads: bool = False
    loads: int = 0
    away: int = 0
    """Looks for which it is still starting, or not streaming yet."""
    applied: dict[str, Any] = field(default_factory=dict)
    outdated: tuple[str, ...] = ()
    down: bool = False


class Patroni:
    """The Api of settle.py. `lag`: looks until a member sees what was written into etcd."""

    def __init__(self, names: list[str], leader: str, running: dict[str, str]) -> None:
        self.etcd = document(**running)
        self.servers = {
            f"https://{name}:8008": Server(name, dict(running), self.etcd, name == leader, applied=self.etcd)
            for name in names
        }
        self.log: list[str] = []
        self.now = 0.0
        self.starts = True

    def leader(self) -> Server:
        return next(server for server in self.servers.values() if server.leads)

    def pending(self, server: Server) -> dict[str, Any]:
        wanted = server.applied["postgresql"]["parameters"]
        return {
            name: {"old_value": server.running[name], "new_value": wanted[name]}
            for name in RESTART
            if name in wanted and wanted[name] != server.running[name]
        }

    def look(self, url: str) -> Member:
        server = self.servers[url]
        if server.down:
            return Member(url, {}, None, server.outdated, "Connection refused")
        server.loads += 1
        # What a loop reads, it acts on before the next one reads.
        server.applied, server.seen = server.seen, self.etcd
        away, server.away = server.away, max(0, server.away - 1)
        status: dict[str, Any] = {
            "state": "running" if away < 2 else "starting",
            "role": "primary" if server.leads else "replica",
            "dcs_last_seen": server.loads,
            "patroni": {"name": server.name},
        }
        if not server.leads and away == 0:
            status |= {"replication_state": "streaming", "sync_standby": True}
        if server.applied.get("pause"):
            status["pause"] = True
        if pending := self.pending(server):
            status |= {"pending_restart": True, "pending_restart_reason": pending}
        return Member(url, status, server.seen, server.outdated)

    def send(self, method: str, url: str, document: Any = None, *, verify: bool = True, seconds: float = 5) -> str:
        base, _, path = url.rpartition("/")
        server = self.servers[base]
        self.log.append(f"{method} {server.name}/{path}")
        if path == "config":
            self.etcd = json.loads(json.dumps(self.etcd))
            merge(self.etcd, document)
        elif path == "restart":
            self.restart(server)
            return "restarted successfully"
        return "reload scheduled"

    def restart(self, server: Server) -> None:
        if not self.pending(server):
            self.log.pop()
            raise ConnectionError("POST /restart: 503 restart conditions are not satisfied")
        if not self.starts:
            server.down = True
            raise ConnectionError("POST /restart: 503 restart failed")
        absent = [other.name for other in self.servers.values() if other is not server and (other.away or other.down)]
        assert not absent, f"{server.name} is restarted while {absent} are away: two members gone at once"
        wanted = server.applied["postgresql"]["parameters"]
        for name in self.pending(server):
            lowest = 0 if server.leads or name not in TIED else int(self.leader().running[name])
            server.running[name] = str(max(int(wanted[name]), lowest))
        server.away = 2
        if server.leads:
            for other in self.servers.values():
                other.away = max(other.away, 1)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def merge(found: dict[str, Any], patch: dict[str, Any]) -> None:
    """As Patroni's patch_config does it."""
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        elif isinstance(value, dict) and isinstance(found.get(name), dict):
            merge(found[name], value)
        else:
            found[name] = value
