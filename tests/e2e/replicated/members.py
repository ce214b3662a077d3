"""What Patroni says of its members, asked of its REST API from this machine: no answer is one too, and comes soon."""

import http.client
import json
import ssl
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.e2e.live import Live, wait_for

HEALED_WITHIN = 180.0
"""Seconds until there is a leader again and all other members stream from it, of all that is done to them here."""

ANSWER_WITHIN = 3.0
"""Seconds for a member's answer: one that is frozen, or cut off from etcd, gives none, and the next one is asked."""

PATRONI = 8008


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

    @cached_property
    def _hosts(self) -> list[str]:
        """The addresses of the members' own Services, which outlive their pods."""
        return [self.live.one("service", pod)["spec"]["clusterIP"] for pod in self.pods]

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Only this database's authority is trusted; the addresses here are in no certificate."""
        made = ssl.create_default_context(cadata=self.live.one("configmap", f"{self.service}-ca")["data"]["ca.crt"])
        made.check_hostname = False
        return made

    def listed(self) -> list[dict[str, Any]]:
        """GET /cluster of the first member that answers: name, role, state, timeline of each; empty when none does."""
        for host in self._hosts:
            connection = http.client.HTTPSConnection(host, PATRONI, timeout=ANSWER_WITHIN, context=self._tls)
            try:
                connection.request("GET", "/cluster")
                response = connection.getresponse()
                text = response.read()
                if response.status == 200:
                    return json.loads(text)["members"]
            except (OSError, http.client.HTTPException, ValueError, KeyError):
                continue
            finally:
                connection.close()
        return []

    def by_role(self, role: str) -> list[str]:
        """The members with a role: leader, replica, sync_standby."""
        return [member["name"] for member in self.listed() if member["role"] == role]

    @property
    def leader(self) -> str:
        """The primary."""
        return wait_for("a leader", lambda: self.by_role("leader"), HEALED_WITHIN)[0]

    @property
    def synchronous(self) -> str:
        """The standby that every commit waits for."""
        return wait_for("a synchronous standby", lambda: self.by_role("sync_standby"), HEALED_WITHIN)[0]

    def whole(self) -> bool:
        """A leader runs, all others stream from it on its timeline, one of them synchronously."""
        found = self.listed()
        leaders = [member for member in found if member["role"] == "leader" and member["state"] == "running"]
        standbys = [member for member in found if member["role"] != "leader" and member["state"] == "streaming"]
        synchronous = any(member["role"] == "sync_standby" for member in standbys)
        one_timeline = len({member.get("timeline") for member in found}) == 1
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
