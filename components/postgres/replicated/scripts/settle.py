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
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import https
from .https import Refused
from .rolling import Done, Member, Patch, Reload, Restart, Step, Stuck, Wait, changes, decide, paths

BETWEEN_RELOADS = 10.0
"""Seconds. A kubelet brings a changed Secret into a running pod within a minute or two; a reload before is in vain."""
START = 60
"""Seconds that PostgreSQL has to start after a restart; a primary that takes longer is failed over by Patroni."""
LOADS = 3
"""Times that a member has read etcd with the wanted configuration in it, until it surely acted on it: the first may be
our own PATCH passing through it, the second is the loop that reloads PostgreSQL, and the third follows that loop."""


class Cluster:
    """The members, over HTTPS, and what this run remembers of them."""

    def __init__(self, urls: list[str], wanted: dict[str, Any], certificates: Path, port: int) -> None:
        self.urls, self.wanted, self.certificates, self.port = urls, wanted, certificates, port
        self.loads: dict[str, set[int]] = {url: set() for url in urls}
        self.reloads: dict[str, float] = {}
        self.restarts: Counter[str] = Counter()

    def step(self) -> Step:
        """What is next, after a look at every member."""
        members = [self._look(url) for url in self.urls]
        for member in members:
            if member.configuration is None or changes(member.configuration, self.wanted):
                self.loads[member.url].clear()
            else:
                self.loads[member.url].add(member.status.get("dcs_last_seen", 0))
        return decide(
            members,
            self.wanted,
            applied={url for url, seen in self.loads.items() if len(seen) >= LOADS},
            reloaded={url for url, at in self.reloads.items() if time.monotonic() - at < BETWEEN_RELOADS},
            restarts=self.restarts,
        )

    def _look(self, url: str) -> Member:
        tls, outdated = https.context(self.certificates), self._outdated(url)
        try:
            status = json.loads(https.request(tls, "GET", f"{url}/patroni")[1])
            code, text = https.request(tls, "GET", f"{url}/config")
            return Member(url, status, json.loads(text) if code == 200 else None, outdated)
        except (OSError, ValueError) as error:
            return Member(url, {}, None, outdated, str(error))

    def _outdated(self, url: str) -> tuple[str, ...]:
        """What shows another certificate than the file's; what shows none is not there yet, or down."""
        tls, parts = https.context(self.certificates, verify=False), urlsplit(url)
        listeners = {"Patroni": (parts.port or 443, False), "PostgreSQL": (self.port, True)}
        found: list[str] = []
        for name, (port, postgresql) in listeners.items():
            try:
                if https.shown(tls, str(parts.hostname), port, postgresql=postgresql) != self._own():
                    found.append(name)
            except OSError:
                continue
        return tuple(found)

    def _own(self) -> bytes:
        return https.in_file(self.certificates / "tls.crt")

    def act(self, step: Patch | Reload | Restart, seconds: float) -> str:
        """Does it, within so many seconds, and says what came of it. Raises Refused, and OSError."""
        name, url = step.member.name, step.member.url
        match step:
            case Patch(_, patch):
                self._send("PATCH", f"{url}/config", patch)
                return f"configuration changed through {name}: {', '.join(paths(patch))}"
            case Reload():
                self.reloads[url] = time.monotonic()
                # Its certificate may have run out; and this request holds nothing that an impostor could use.
                self._send("POST", f"{url}/reload", verify=False)
                return f"{name} reads its files again: {' and '.join(step.member.outdated)} showed another certificate"
            case Restart(member, parameters):
                change = {"restart_pending": True, "timeout": START}
                try:
                    answer = self._send("POST", f"{url}/restart", change, seconds=seconds)
                except ConnectionError as error:
                    if "restart failed" not in str(error):
                        raise
                    text = f"{name} did not start with {', '.join(parameters)}; the others were left as they are"
                    raise Refused(text) from error
                self.restarts[url] += 1
                role = "primary" if member.leads else "standby"
                return f"{role} {name} {answer}: {', '.join(_change(member, key) for key in parameters)}"

    def _send(
        self,
        method: str,
        url: str,
        document: dict[str, Any] | None = None,
        *,
        verify: bool = True,
        seconds: float = https.PATIENCE,
    ) -> str:
        tls = https.context(self.certificates, verify=verify)
        body = None if document is None else json.dumps(document)
        code, text = https.request(tls, method, url, body, seconds=seconds)
        if text.startswith("<"):  # a page without words of Patroni's own
            text = ""
        # 409: somebody else wrote the configuration meanwhile. 5xx: etcd is away, or a restart is on its way already.
        if code == 409 or code >= 500:
            raise ConnectionError(f"{method} {urlsplit(url).path}: {code} {text}")
        if code >= 400:
            raise Refused(f"{method} {url} is refused with {code}: {text}")
        return text


def _change(member: Member, parameter: str) -> str:
    how = member.pending[parameter]
    return f"{parameter} {how.get('old_value')!r} → {how.get('new_value')!r}"


def run(cluster: Cluster, seconds: float) -> str:
    """Step by step until Done, whose text is returned. Raises Refused."""
    end, told = time.monotonic() + seconds, ""
    while (left := end - time.monotonic()) > 0:
        step = cluster.step()
        match step:
            case Done(text):
                return text
            case Stuck(reason):
                raise Refused(reason)
            case Wait(reason):
                text = f"waiting: {reason}"
            case _:
                try:
                    text = cluster.act(step, left)
                except OSError as error:
                    text = f"waiting: {step.member.name}: {error}"
        if text != told:
            print(text, flush=True)
        told = text
        time.sleep(1)
    raise Refused(f"not as wanted after {seconds:.0f} s; {told or 'there was no time to look'}")


def main() -> None:
    """Reads the environment, runs, and says how it ended."""
    wanted = json.loads(Path(os.environ["DYNAMIC"]).read_text())
    certificates, port = Path(os.environ["CERTIFICATES"]), int(os.environ["PORT"])
    cluster = Cluster(os.environ["MEMBERS"].split(","), wanted, certificates, port)
    try:
        print(run(cluster, float(os.environ["DEADLINE"])), flush=True)
    except Refused as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
