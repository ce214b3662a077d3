"""What Patroni says of its members, and what was written under which of them."""

import json
import time
from dataclasses import dataclass
from typing import Any

from tests.e2e.live import Live, wait_for

HEALED_WITHIN = 180.0
"""Seconds until there is a leader again and all other members stream from it, of all that is done to them here."""

_LIST = ("patronictl", "-c", "/etc/patroni/patroni.yml", "list", "-f", "json")


@dataclass(frozen=True)
class Members:
    """The members of one replicated database, `service`, in a namespace."""

    live: Live
    service: str
    count: int = 3

    @property
    def pods(self) -> list[str]:
        return [f"{self.service}-{number}" for number in range(self.count)]

    @property
    def etcd(self) -> list[str]:
        return [f"{self.service}-etcd-{number}" for number in range(3)]

    def listed(self) -> list[dict[str, Any]]:
        """`patronictl list` by way of the first member that answers; empty when none does."""
        for pod in self.pods:
            answer = self.live.ask("exec", pod, "-c", "patroni", "--", *_LIST, within=20)
            if answer.ok:
                return json.loads(answer.text)
        return []

    def by_role(self, role: str) -> list[str]:
        """The members with a role: Leader, Replica, Sync Standby."""
        return [member["Member"] for member in self.listed() if member["Role"] == role]

    @property
    def leader(self) -> str:
        """The primary."""
        return wait_for("a leader", lambda: self.by_role("Leader"), HEALED_WITHIN)[0]

    @property
    def synchronous(self) -> str:
        """The standby that every commit waits for."""
        return wait_for("a synchronous standby", lambda: self.by_role("Sync Standby"), HEALED_WITHIN)[0]

    def whole(self) -> bool:
        """A leader runs, all others stream from it on its timeline, one of them synchronously."""
        found = self.listed()
        leaders = [member for member in found if member["Role"] == "Leader" and member["State"] == "running"]
        standbys = [member for member in found if member["Role"] != "Leader" and member["State"] == "streaming"]
        synchronous = any(member["Role"] == "Sync Standby" for member in standbys)
        one_timeline = len({member.get("TL") for member in found}) == 1
        return len(leaders) == 1 and len(standbys) == self.count - 1 and synchronous and one_timeline

    def healed(self, within: float = HEALED_WITHIN) -> float:
        """Wait until all is whole again and every pod is ready; the seconds that took."""
        began = time.monotonic()
        wait_for("a leader with all others streaming", self.whole, within)
        wait_for("all pods of the database to be ready", self._ready, within)
        return time.monotonic() - began

    def _ready(self) -> bool:
        kinds = {
            self.service: "statefulset",
            f"{self.service}-etcd": "statefulset",
            f"{self.service}-router": "deployment",
        }
        return all(self._all_ready(kind, workload) for workload, kind in kinds.items())

    def _all_ready(self, kind: str, workload: str) -> bool:
        wanted = self.live.one(kind, workload)["spec"]["replicas"]
        pods = self.live.pods(workload)
        states = [{c["type"]: c["status"] for c in pod["status"].get("conditions", [])} for pod in pods]
        return len(pods) == wanted and all(state.get("Ready") == "True" for state in states)
