"""A replicated database that runs: looked at from all its pods, and asked to do something."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.names import NAME
from operations import pods, reading
from operations.refusals import CantTell
from operations.state import Cluster, Pod
from operations.target import Target
from operations.words import last_words

if TYPE_CHECKING:
    from operations.namespace import Namespace

_INSIDE = Path(__file__).with_name("inside.py")
_LOOK = 30
"""Seconds for a look from one pod; what it asks gets 8 s each, all at once."""


@dataclass(frozen=True)
class Live:
    """`read` looks, `inside` has a member's pod do something."""

    target: Target
    namespace: "Namespace"

    def inside(self, member: str, order: Mapping[str, Any], within: float) -> dict[str, Any]:
        """What operations/inside.py answers in the pod of `member`. Raises CantTell."""
        command = ["python3", "-I", "-c", _INSIDE.read_text(), json.dumps(order)]
        done = self.namespace.run(member, "patroni", command, within=within)
        try:
            return json.loads(done.out)
        except ValueError:
            why = done.err.strip().splitlines()[-1:] or [f"no answer within {within:.0f} s"]
            raise CantTell(f"{member}: {why[0]}") from None

    def request(self, member: str, method: str, path: str, body: Any, within: float = 30) -> tuple[int, str]:
        """(status, text) of one request to the Patroni of `member`. Raises CantTell."""
        answer = self.inside(member, self.target.request(method, path, body, within), within + 10)
        if "missing" in answer:
            raise CantTell(f"Patroni of {member} does not answer: {answer['missing']}")
        return answer["status"], answer["text"]

    def read(self) -> Cluster:
        """The state of everything, now. Raises CantTell when the API server does not answer or nothing is there."""
        database = self.target.addresses.database
        workloads = {database.service: "patroni", database.etcd: "etcd", database.router: "haproxy"}
        bodies = self.namespace.pods(f"{NAME} in ({','.join(workloads)})")
        if not bodies:
            raise CantTell(
                f"there is no pod of {database.service} in namespace {self.target.namespace} of context "
                f"{self.target.context}: is the stack up?"
            )
        found = [(body["metadata"]["labels"][NAME], self._pod(body, workloads)) for body in bodies]
        return reading.cluster(
            stack=self.target.stack,
            scope=self.target.scope,
            members=self.target.addresses.members,
            etcd=self.target.addresses.etcd,
            routers=database.replicated.router.replicas,
            pods={pod.name: pod for _, pod in found},
            router_pods=sorted((pod for name, pod in found if name == database.router), key=lambda pod: pod.name),
            looks=self._looks([pod for name, pod in found if name == database.service]),
            failed_jobs=self.namespace.failed_jobs(f"{NAME} in ({','.join(self.target.jobs())})"),
        )

    def _pod(self, body: dict[str, Any], workloads: Mapping[str, str]) -> Pod:
        container = workloads[body["metadata"]["labels"][NAME]]
        seen = pods.pod(body, container)
        if seen.running or not seen.restarts:
            return seen
        log = self.namespace.log(seen.name, container, previous=True)
        return pods.pod(body, container, last_words(log))

    def _looks(self, members: list[Pod]) -> dict[str, Any]:
        """What each member sees, or why it can't say."""

        def look(pod: Pod) -> dict[str, Any]:
            if not pod.running:
                return {"missing": "its container does not run"}
            try:
                return self.inside(pod.name, self.target.look(), _LOOK)
            except CantTell as reason:
                return {"missing": str(reason)}

        with ThreadPoolExecutor(max(1, len(members))) as pool:
            return dict(zip([pod.name for pod in members], pool.map(look, members), strict=True))
