"""What `make down` takes out of iptables, and what it must not touch."""

from devcluster.node import firewall

POD = '-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"pgapps\\" id: \\"1\\"" -j CNI-DN-0a'
OTHER = '-A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "dnat name: \\"podman\\" id: \\"2\\"" -j CNI-DN-0b'
FOREIGN = [
    ":INPUT",
    ":DOCKER-USER",
    "-A INPUT -p tcp --dport 22 -j ACCEPT",
    '-A INPUT -m comment --comment "before KUBE-SERVICES" -j ACCEPT',
    "-A FORWARD -j DOCKER-USER",
]
NODE = [
    ":KUBE-SERVICES",
    ":PGAPPS-INPUT",
    "-A INPUT -j PGAPPS-INPUT",
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    "-A PGAPPS-INPUT -i lo -j RETURN",
]
PORTMAP = [":CNI-HOSTPORT-DNAT", ":CNI-DN-0a", "-A PREROUTING -j CNI-HOSTPORT-DNAT", POD, "-A CNI-DN-0a -j DNAT"]


def test_everything_of_kubernetes_and_the_node_goes_and_nothing_else():
    assert firewall.going(FOREIGN + NODE, known=[]) == NODE, "a rule whose comment only names a chain is somebody's own"


def test_the_chains_of_host_ports_go_with_the_last_engine_that_uses_them():
    assert firewall.going(PORTMAP, known=[]) == PORTMAP, "nobody else uses them"


def test_the_chains_of_host_ports_stay_while_another_engine_uses_them():
    shared = [*PORTMAP, OTHER, ":CNI-DN-0b", "-A CNI-DN-0b -j DNAT"]
    gone = firewall.going(shared, known=[])
    assert gone == [":CNI-DN-0a", POD, "-A CNI-DN-0a -j DNAT"], "Podman's ports must stay open"


def test_what_was_there_before_the_node_stays_whoever_made_it():
    known = [":CNI-HOSTPORT-DNAT", "-A PREROUTING -j CNI-HOSTPORT-DNAT"]
    added = "-A OUTPUT -j CNI-HOSTPORT-DNAT"
    assert firewall.going([*known, added], known) == [added], "the machine is left as it was found"


def test_another_kubernetes_on_the_machine_is_seen_by_its_chains():
    assert firewall.of_node(FOREIGN + NODE) == NODE, "two nodes would undo each other's rules"
    assert firewall.of_node(FOREIGN) == []
