"""The bridge that joins the pods and gives the node its address."""

import contextlib
import ipaddress
import json
from pathlib import Path

from devcluster.command import CommandFailed, run
from devcluster.node.layout import BRIDGE, BRIDGE_MAC, NODE_ADDRESS, POD_CIDR, SERVICE_CIDR, NodeFailed


def exists() -> bool:
    """Whether the node's bridge is there."""
    return Path(f"/sys/class/net/{BRIDGE}").exists()


def check() -> None:
    """Raise NodeFailed where another device has the addresses that the node needs."""
    if exists():
        return
    for route in json.loads(run(["ip", "-j", "-4", "route", "show"]) or "[]"):
        if route["dst"] == "default":
            continue
        for ours in (POD_CIDR, SERVICE_CIDR):
            if ipaddress.ip_network(route["dst"]).overlaps(ipaddress.ip_network(ours)):
                raise NodeFailed(
                    f"the network {route['dst']} of device {route.get('dev', '?')} overlaps {ours}, which the node "
                    "needs: stop what made that device (another cluster or a VPN), then start again"
                )


def make() -> None:
    """Make the bridge with the node's address where it is missing."""
    if exists():
        return
    # A fixed address: a bridge without one takes over the lowest of its ports', and changes with each pod.
    run(["ip", "link", "add", BRIDGE, "address", BRIDGE_MAC, "type", "bridge"])
    run(["ip", "address", "add", f"{NODE_ADDRESS}/{ipaddress.ip_network(POD_CIDR).prefixlen}", "dev", BRIDGE])
    run(["ip", "link", "set", BRIDGE, "up"])


def remove() -> None:
    """Remove the bridge and the ends of the pods' cables that hang on it."""
    if not exists():
        return
    for port in json.loads(run(["ip", "-j", "link", "show", "master", BRIDGE]) or "[]"):
        with contextlib.suppress(CommandFailed):  # it goes by itself with its pod's network
            run(["ip", "link", "delete", port["ifname"]])
    run(["ip", "link", "delete", BRIDGE])
