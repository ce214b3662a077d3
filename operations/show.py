"""A cluster and its findings, for a terminal or a pipe."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.findings import Finding
from operations.state import Cluster, EtcdMember, Member, Pod
from operations.words import listed, size

_WIDE = 200
"""Columns where nobody's terminal says how many: a pipe must not get its lines broken."""


def console() -> Console:
    """Standard output."""
    made = Console(highlight=False, soft_wrap=True)
    return made if made.is_terminal else Console(highlight=False, soft_wrap=True, width=_WIDE)


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(
        *head, title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2)
    )
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _pod(pod: Pod | None) -> str:
    if pod is None:
        return "none"
    restarts = f", {pod.restarts} restarts" if pod.restarts else ""
    return ("ready" if pod.ready else pod.trouble.split(":")[0] or "not ready") + restarts


def lag(member: Member) -> str:
    """How far a standby is behind, in words and in bytes."""
    if member.role == "primary":
        return ""
    if member.lag is None:
        return "unknown"
    return f"{size(member.lag)} ({member.lag} bytes)" if member.lag >= 1024 else f"{member.lag} bytes"


def _member(member: Member) -> list[str]:
    return [
        member.name,
        member.role,
        member.state,
        lag(member),
        "" if member.timeline is None else str(member.timeline),
        "yes" if member.pending_restart else "",
        f"{member.disk.used:.0%} of {size(member.disk.total)}" if member.disk else "",
        _pod(member.pod),
        " ".join(f"{key}={value}" for key, value in member.tags),
    ]


def _etcd(member: EtcdMember) -> list[str]:
    if member.missing:
        return [member.name, "unknown", "", "", "", "", _pod(member.pod)]
    return [
        member.name,
        "healthy" if member.healthy else f"not healthy: {member.reason}",
        "leader" if member.is_leader else "follower" if member.has_leader else "no leader",
        ", ".join(member.alarms) or "none",
        f"{size(member.size)} of {size(member.quota)}",
        member.version,
        _pod(member.pod),
    ]


_MEMBERS = ("MEMBER", "ROLE", "STATE", "BEHIND", "TIMELINE", "RESTART PENDING", "VOLUME", "POD", "TAGS")
_ETCD = ("ETCD", "HEALTH", "RAFT", "ALARMS", "SIZE", "VERSION", "POD")


def _head(cluster: Cluster) -> str:
    names = [member.name for member in cluster.members if member.role == "synchronous standby"]
    waits = {
        "off": "asynchronous: a commit waits for no standby",
        "on": f"commits wait for {listed(names) or 'no standby, as there is none'}",
        "strict": f"commits wait for {listed(names) or 'a standby, and there is none'}",
        "quorum": f"commits wait for any of {listed(names) or 'no standby, as there is none'}",
    }[cluster.synchronous]
    failover = "off (maintenance mode)" if cluster.paused else "on"
    return f"{cluster.scope} of stack {cluster.stack} · automatic failover {failover} · {waits}"


def show(console: Console, cluster: Cluster, found: Sequence[Finding]) -> None:
    """Print the tables, then what is wrong, then what is worth knowing."""
    console.print(Text(_head(cluster)))
    console.print()
    console.print(_table("", _MEMBERS, map(_member, cluster.members)))
    console.print()
    console.print(_table("", _ETCD, map(_etcd, cluster.etcd)))
    console.print()
    console.print(_table("", ("ROUTER", "POD"), ([pod.name, _pod(pod)] for pod in cluster.routers)))
    console.print()
    if not any(finding.wrong for finding in found):
        console.print("[green]healthy[/]: nothing is wrong")
    for finding in found:
        mark = Text("wrong  ", style="bold red") if finding.wrong else Text("note   ", style="yellow")
        console.print(mark.append(Text(finding.what, style="")))
        if finding.do:
            console.print(Text(f"       → {finding.do}"))
