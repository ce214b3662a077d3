"""`reinit`: a standby's data is thrown away and copied anew from the primary."""

import sys

from operations.choice import to_copy
from operations.commands.waiting import until
from operations.live import Live
from operations.refusals import Failed, Refused
from operations.state import Cluster, Member
from operations.words import seconds, size

_COPIED = 6 * 3600
"""Seconds for the copy: 1 TiB at 50 MB/s takes 6 h."""


def reinit(live: Live, name: str, *, sure: bool) -> int:
    """Ask, wait until it streams. Raises Refused, Failed, CantTell."""
    cluster = live.read()
    before, primary = to_copy(cluster, name)
    _confirm(before, primary, sure=sure)
    status, text = live.request(name, "POST", "/reinitialize", {})
    if status != 200:
        raise Failed(
            f"Patroni of {name} says: {text} ({status}). A task that hangs is broken off by "
            f"`make patronictl ARGS='reinit {cluster.scope} {name} --force'`"
        )
    print(f"{name} is being copied from {primary.name}; clients notice nothing but the load", flush=True)
    lacking = until(live, lambda now: _lacks(now, before), _COPIED)
    if lacking:
        raise Failed(f"{lacking} after {seconds(_COPIED)}; it goes on by itself, and `make ha-status` says more")
    print(f"{name} streams")
    return 0


def _confirm(member: Member, primary: Member, *, sure: bool) -> None:
    """Raise Refused unless somebody says so."""
    if sure:
        return
    used = f" ({size(member.disk.total - member.disk.free)})" if member.disk else ""
    role = " While it is copied, commits wait for another standby, if there is one." * (
        member.role == "synchronous standby"
    )
    question = f"All data of {member.name}{used} is thrown away and copied anew from {primary.name}.{role}"
    if not sys.stdin.isatty():
        raise Refused(f"{question} Nobody is here to confirm it: say YES=1")
    if input(f"{question}\nType its name to confirm: ").strip() != member.name:
        raise Refused("not confirmed; nothing was changed")


def _lacks(cluster: Cluster, before: Member) -> str:
    """Until its PostgreSQL is another one than before and streams."""
    now = cluster.member(before.name)
    if now is None or not now.own.started or now.own.started == before.own.started:
        copied = f", {size(now.disk.total - now.disk.free)} on its volume" if now and now.disk else ""
        return f"{before.name} is not copied yet{copied}"
    return "" if now.own.replication == "streaming" else f"{before.name} is copied, and does not stream yet"
