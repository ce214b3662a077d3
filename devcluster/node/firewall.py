"""The node's rules in iptables: its own in chains of its own, and at the end away with these and Kubernetes' alone."""

import re
from collections.abc import Iterator

from devcluster.command import CommandFailed, run
from devcluster.node import layout
from devcluster.node.containerd import NETWORK

TABLES = ("filter", "nat", "mangle", "raw")
OURS = re.compile(r"^(KUBE-|PGAPPS-)")
# Chains of the CNI plugin portmap; other container engines use the same names, so only those made since the start go.
SHARED = re.compile(r"^CNI-(HOSTPORT|DN)-")

RULES = {
    # Pods reach the API server even where the machine's own rules drop what comes in; other machines never do.
    ("filter", "INPUT", "PGAPPS-INPUT"): (
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


def chains() -> dict[str, list[str]]:
    """The chains of each program and table, as they are now."""
    return {
        f"{program} {table}": [line[1:].split()[0] for line in saved if line.startswith(":")]
        for program, table, saved in _saved()
    }


def _saved() -> Iterator[tuple[str, str, list[str]]]:
    for program in ("iptables", "ip6tables"):
        for table in TABLES:
            try:
                yield program, table, run([f"{program}-save", "-t", table]).splitlines()
            except CommandFailed:
                continue  # the kernel lacks this table, so nobody has rules in it


def other_node(before: dict[str, list[str]]) -> bool:
    """Whether the chains say that another Kubernetes node runs on this machine."""
    return any(name.startswith("KUBE-") for names in before.values() for name in names)


def ensure() -> None:
    """Make the node's own chains and rules, those of them that are missing."""
    there = chains()
    for (table, hook, chain), rules in RULES.items():
        if chain in there.get(f"iptables {table}", ()):
            continue
        _iptables("-t", table, "-N", chain)
        for rule in rules:
            _iptables("-t", table, "-A", chain, *rule.split())
        _iptables("-t", table, "-I", hook, "1", "-j", chain)


def remove(before: dict[str, list[str]]) -> None:
    """Take away every rule and chain of the node, of kube-proxy and of the CNI plugins that was not there `before`."""
    for program, table, saved in _saved():
        known = before.get(f"{program} {table}", ())
        names = [line[1:].split()[0] for line in saved if line.startswith(":")]
        gone = [name for name in names if (OURS.match(name) or SHARED.match(name)) and name not in known]
        lines = [line for line in saved if line.startswith("-A ")]
        leaving = [line for line in lines if _belongs(line, gone)]
        if not gone and not leaving:
            continue
        script = [f"*{table}", *(f":{name} - [0:0]" for name in gone)]  # naming a chain in this form empties it
        script += [f"-D {line[3:]}" for line in leaving if line.split()[1] not in gone]
        script += [f"-X {name}" for name in gone]
        script.append("COMMIT\n")
        run([f"{program}-restore", "--noflush", "--wait", "10"], stdin="\n".join(script))


def _belongs(rule: str, gone: list[str]) -> bool:
    """Whether a rule (of any chain) jumps to a chain that goes, or was written for a pod of the node's network."""
    words = rule.split()
    target = next((words[i + 1] for i, word in enumerate(words[:-1]) if word in ("-j", "-g")), "")
    return words[1] in gone or target in gone or (SHARED.match(words[1]) is not None and f'"{NETWORK}"' in rule)
