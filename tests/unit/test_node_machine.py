"""What is in the node's way is refused before anything is changed; what it mounted is unmounted from the inside out."""

import json

import pytest

from devcluster.node import bridge, down, host, machine
from devcluster.node.layout import NodeFailed


def test_a_network_that_overlaps_the_pods_is_refused_with_its_device(monkeypatch):
    routes = [{"dst": "default", "dev": "eth0"}, {"dst": "10.244.0.0/16", "dev": "flannel.1"}]
    monkeypatch.setattr(bridge, "exists", lambda: False)
    monkeypatch.setattr(bridge, "run", lambda _: json.dumps(routes))
    with pytest.raises(NodeFailed, match=r"10\.244\.0\.0/16 of device flannel\.1"):
        bridge.check()


def test_an_ordinary_network_is_not_in_the_way(monkeypatch):
    routes = [{"dst": "default", "dev": "eth0"}, {"dst": "10.0.0.0/24", "dev": "eth0"}, {"dst": "172.17.0.0/16"}]
    asked: list[object] = []
    monkeypatch.setattr(bridge, "exists", lambda: False)
    monkeypatch.setattr(bridge, "run", lambda words: asked.append(words) or json.dumps(routes))
    bridge.check()
    assert asked, "the routes were looked at, and none is in the way"


def test_another_kubernetes_node_on_the_machine_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(machine.layout, "HOST_BEFORE", tmp_path / "host-before.json")
    monkeypatch.setattr(machine.layout, "CONTAINERD_STATE", tmp_path / "containerd")
    monkeypatch.setattr(machine.layout, "CNI_LEASES", tmp_path / "cni")
    monkeypatch.setattr(machine.firewall, "rules", lambda: {"iptables filter": [":INPUT", ":KUBE-FORWARD"]})
    with pytest.raises(NodeFailed, match="another Kubernetes node"):
        machine._remember()
    assert not (tmp_path / "host-before.json").exists(), "nothing is remembered of a machine that is left alone"


def test_the_record_of_an_earlier_boot_does_not_count(monkeypatch, tmp_path):
    record = tmp_path / "host-before.json"
    monkeypatch.setattr(machine.layout, "HOST_BEFORE", record)
    record.write_text(json.dumps({"boot": "another", "sysctls": {"vm.overcommit_memory": "2"}}))
    assert machine.before_start() == {}, "a reboot has set everything back already"
    record.write_text(json.dumps({"boot": machine.boot()}))
    assert machine.before_start(), "this boot's does"


def test_mounts_are_found_inside_out_and_only_below_the_nodes_folders(monkeypatch, tmp_path):
    home = tmp_path / "home"
    points = ["/", str(home), f"{home}/kubelet/a", f"{home}/kubelet/a/with\\040space", f"{home}-other/x"]
    table = tmp_path / "mountinfo"
    table.write_text("".join(f"1 2 0:1 / {point} rw - tmpfs tmpfs rw\n" for point in points))
    monkeypatch.setattr(down, "MOUNTS", table)
    found = down.mounts_under([home])
    assert found == [f"{home}/kubelet/a/with space", f"{home}/kubelet/a"], (
        "the folder itself may be a disk of the user's"
    )


def test_name_servers_that_only_the_machine_itself_reaches_are_not_given_to_pods(monkeypatch, tmp_path):
    file = tmp_path / "resolv.conf"
    file.write_text("search lan\nnameserver 127.0.0.53\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\n")
    monkeypatch.setattr(host, "RESOLV_CONFS", (file,))
    assert host.resolv_conf() == "nameserver 192.0.2.1\n", "a pod has another loopback, and no use for the search list"
