"""The node's rules in iptables: its own in chains of its own, and at the end away with these and Kubernetes' alone."""

import re
from collections.abc import Iterator

from devcluster.command import CommandFailed, run
from devcluster.node import layout
from devcluster.node.containerd import NETWORK

TABLES = ("filter", "nat", "mangle", "raw")
_OURS = re.compile(r"^:(KUBE|PGAPPS)-|^-A (KUBE|PGAPPS)-|-[jg] (KUBE|PGAPPS)-")
_PORTMAP = re.compile(r"^:CNI-HOSTPORT-|^-A CNI-HOSTPORT-|-j CNI-HOSTPORT-")
_OF_PODS = f'name: \\"{NETWORK}\\"'
"""Stands in the comment of each rule that the CNI plugin portmap writes for a pod of the node."""

MARK = "PGAPPS-INPUT"
"""The chain that shows that the rules of Kubernetes on this machine are this node's."""

RULES = {
    # Pods reach the API server even where the machine's own rules drop what comes in; other machines never do.
    ("filter", "INPUT", MARK): (
        f"-i {layout.BRIDGE} -d {layout.NODE_ADDRESS} -p tcp --dport {layout.API_PORT} -j ACCEPT",
        f"-i {layout.BRIDGE} -j RETURN",
        "-i lo -j RETURN",
        f"-d {layout.POD_CIDR} -j DROP",
    ),
    # Where the machine's own rules drop what is forwarded (as Docker's do), pods still reach each other and outside.
    ("filter", "FORWARD", "PGAPPS-FORWARD"): (
        f"-i {layout.BRIDGE} -j ACCEPT",
        f"-o {layout.BRIDGE} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
    ),
    ("nat", "POSTROUTING", "PGAPPS-POSTROUTING"): (
        f"-s {layout.POD_CIDR} -d {layout.POD_CIDR} -j RETURN",
        f"-s {layout.POD_CIDR} -d 224.0.0.0/4 -j RETURN",
        f"-s {layout.POD_CIDR} -j MASQUERADE",
    ),
}


def _iptables(*words: str, program: str = "iptables") -> str:
    return run([program, "--wait", "10", *words])


Rules = dict[str, list[str]]
"""Of each program and table ("iptables nat"): its chains (":NAME") and rules ("-A NAME …")."""


def rules() -> Rules:
    """What is there now."""
    return {f"{program} {table}": lines for program, table, lines in _saved()}


def _saved() -> Iterator[tuple[str, str, list[str]]]:
    for program in ("iptables", "ip6tables"):
        for table in TABLES:
            try:
                saved = run([f"{program}-save", "-t", table]).splitlines()
            except CommandFailed:
                continue  # the kernel lacks this table, so nobody has rules in it
            chains = [line.split()[0] for line in saved if line.startswith(":")]
            yield program, table, chains + [line for line in saved if line.startswith("-A ")]


def of_node(lines: list[str]) -> list[str]:
    """Those of `lines` that are Kubernetes' or the node's: chains, rules in them, and jumps to them."""
    return [line for line in lines if _OURS.search(line)]


def ensure() -> None:
    """Make the node's own chains and rules, those of them that are missing."""
    there = rules()
    for (table, hook, chain), wanted in RULES.items():
        if f":{chain}" in there.get(f"iptables {table}", ()):
            continue
        _iptables("-t", table, "-N", chain)
        for rule in wanted:
            _iptables("-t", table, "-A", chain, *rule.split())
        _iptables("-t", table, "-I", hook, "1", "-j", chain)


def remove(before: Rules) -> None:
    """Take away what the node, kube-proxy and the CNI plugins made; what was there `before` stays, whoever's it is."""
    for program, table, lines in _saved():
        leaving = going(lines, before.get(f"{program} {table}", []))
        if not leaving:
            continue
        chains = [line for line in leaving if line.startswith(":")]
        script = [f"*{table}", *(f"{chain} - [0:0]" for chain in chains)]  # named in this form, a chain is emptied
        script += [f"-D {line[3:]}" for line in leaving if line not in chains and f":{line.split()[1]}" not in chains]
        script += [f"-X {chain[1:]}" for chain in chains]
        run([f"{program}-restore", "--noflush", "--wait", "10"], stdin="\n".join([*script, "COMMIT\n"]))


def going(lines: list[str], known: list[str]) -> list[str]:
    """Those of a table's chains and rules that go with the node: none of `known`, and no other container engine's.

    The plugin portmap shares its chains CNI-HOSTPORT-… with every engine that uses it: they stay while another does.
    """
    new = [line for line in lines if line not in known]
    ports = {line.split()[-1] for line in new if _OF_PODS in line and line.startswith("-A CNI-HOSTPORT-DNAT ")}
    shared = any(line.startswith("-A CNI-HOSTPORT-DNAT ") and _OF_PODS not in line for line in lines)
    return [
        line
        for line in new
        if _OURS.search(line)
        or _OF_PODS in line
        or line[1:] in ports
        or (line.startswith("-A ") and line.split()[1] in ports)
        or (not shared and _PORTMAP.search(line))
    ]
