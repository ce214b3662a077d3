"""Brings Patroni's shared configuration to what the stack says, restarts what needs it, has certificates read again.

It looks at all members, does the next step, and looks again: so it may be killed and started anew at any moment, and
two may run at once. Nothing is changed where all is as wanted. Prints one line a step; exits with 1 and the reason
where Patroni refuses something, a member doesn't come back, or DEADLINE is over.

Reads from the environment
    MEMBERS       base URLs of the members' REST API, separated by commas: https://pg-0.pg-headless:8008
    DYNAMIC       path of dynamic.json, the shared configuration as the stack wants it
    CERTIFICATES  folder with tls.crt, tls.key and ca.crt: what the members have, and what opens their REST API
    PORT          PostgreSQL's port: the certificate that it shows is looked at there
    DEADLINE      seconds until all members must be as wanted
"""

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from .https import PATIENCE, Refused
from .member import Member
from .patch import changes, paths
from .restapi import RestApi
from .rolling import Done, Patch, Reload, Restart, Step, Stuck, Wait, decide

BETWEEN_RELOADS = 10.0
"""Seconds. A kubelet brings a changed Secret into a running pod within a minute or two; a reload before is in vain."""
START = 60
"""Seconds that PostgreSQL has to start after a restart; a primary that takes longer is failed over by Patroni. Without
it Patroni takes primary_start_timeout, and 0 there means to fail over a primary that is only restarting."""
LOADS = 3
"""Times that a member has read etcd with the wanted configuration in it, until it surely acted on it: the first may be
our own PATCH passing through it, the second is the loop that reloads PostgreSQL, and the third follows that loop."""


class Api(Protocol):
    """RestApi, or what stands in for it in a test."""

    def look(self, url: str) -> Member: ...

    def send(
        self,
        method: str,
        url: str,
        document: dict[str, Any] | None = None,
        *,
        verify: bool = True,
        seconds: float = PATIENCE,
    ) -> str: ...


class Cluster:
    """The members, and what this run remembers of them."""

    def __init__(
        self, api: Api, urls: list[str], wanted: dict[str, Any], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.api, self.wanted, self.clock = api, wanted, clock
        self.loads: dict[str, set[int]] = {url: set() for url in urls}
        self.reloads: dict[str, float] = {}
        self.restarts: Counter[str] = Counter()

    def step(self) -> Step:
        """What is next, after a look at every member."""
        members = [self.api.look(url) for url in self.loads]
        for member in members:
            if member.configuration is None or changes(member.configuration, self.wanted):
                self.loads[member.url].clear()
            else:
                self.loads[member.url].add(member.status.get("dcs_last_seen", 0))
        return decide(
            members,
            self.wanted,
            applied={url for url, seen in self.loads.items() if len(seen) >= LOADS},
            reloaded={url for url, at in self.reloads.items() if self.clock() - at < BETWEEN_RELOADS},
            restarts=self.restarts,
        )

    def act(self, step: Patch | Reload | Restart, seconds: float) -> str:
        """Does it, within so many seconds, and says what came of it. Raises Refused, and OSError."""
        name, url = step.member.name, step.member.url
        match step:
            case Patch(_, patch):
                self.api.send("PATCH", f"{url}/config", patch)
                return f"configuration changed through {name}: {', '.join(paths(patch))}"
            case Reload():
                self.reloads[url] = self.clock()
                # Its certificate may have run out; and this request holds nothing that an impostor could use.
                self.api.send("POST", f"{url}/reload", verify=False)
                return f"{name} reads its files again: {' and '.join(step.member.outdated)} showed another certificate"
            case Restart():
                return self._restart(step, seconds)

    def _restart(self, step: Restart, seconds: float) -> str:
        member, how = step.member, {"restart_pending": True, "timeout": START}
        try:
            answer = self.api.send("POST", f"{member.url}/restart", how, seconds=seconds)
        except ConnectionError as error:
            if "restart failed" not in str(error):
                raise
            text = f"{member.name} did not start with {', '.join(step.parameters)}; the others were left as they are"
            raise Refused(text) from error
        self.restarts[member.url] += 1
        role = "primary" if member.leads else "standby"
        values = (
            f"{name} {member.pending[name].get('old_value')!r} → {member.pending[name].get('new_value')!r}"
            for name in step.parameters
        )
        return f"{role} {member.name} {answer}: {', '.join(values)}"


def run(cluster: Cluster, seconds: float, say: Callable[[str], None], sleep: Callable[[float], None]) -> str:
    """Step by step until Done, whose text is returned. Raises Refused."""
    end, told = cluster.clock() + seconds, ""
    while (left := end - cluster.clock()) > 0:
        match step := cluster.step():
            case Done(text):
                return text
            case Stuck(reason):
                raise Refused(reason)
            case Wait(reason):
                text = f"waiting: {reason}"
            case Patch() | Reload() | Restart():
                try:
                    text = cluster.act(step, left)
                except OSError as error:
                    text = f"waiting: {step.member.name}: {error}"
        if text != told:
            say(text)
        told = text
        sleep(1)
    raise Refused(f"not as wanted after {seconds:.0f} s; {told or 'there was no time to look'}")


def main() -> None:
    """Reads the environment, runs, and says how it ended."""
    wanted = json.loads(Path(os.environ["DYNAMIC"]).read_text())
    api = RestApi(Path(os.environ["CERTIFICATES"]), int(os.environ["PORT"]))
    cluster = Cluster(api, os.environ["MEMBERS"].split(","), wanted)
    try:
        print(run(cluster, float(os.environ["DEADLINE"]), lambda text: print(text, flush=True), time.sleep))
    except Refused as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
