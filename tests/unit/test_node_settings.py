"""Settings of the node that had to be right; each broke something when it was not."""

import json
import re

import pytest
import yaml

from devcluster import paths
from devcluster.node import addons, agents, components, containerd, host, layout


@pytest.fixture
def config(tmp_path, monkeypatch):
    """Configuration files in a folder of the test's own."""
    monkeypatch.setattr(layout, "CONFIG", tmp_path)
    monkeypatch.setattr(layout, "CONTAINERD", tmp_path / "containerd")
    return tmp_path


def kube(component: str) -> list[str]:
    """A command with a program that exists everywhere."""
    return ["/bin/sh", component]


def test_every_address_is_the_bridges_or_loopback(config):
    every = [components.etcd, components.api_server, components.controller_manager, components.scheduler]
    flags = [word for make in every for word in make(kube).command if "bind-address" in word or "listen" in word]
    said = " ".join(flags) + agents.kubelet(kube).configured_by[0].read_text()
    assert not re.search(r"[^0-9]0\.0\.0\.0|::", said), "other machines must not reach the node"
    assert f"--bind-address={layout.NODE_ADDRESS}" in flags, "pods reach the API server there"
    assert all("unix://" in word for word in flags if "listen" in word), "etcd asks nobody who he is"


def test_the_kubelet_never_collects_images_and_evicts_nobody_for_the_disk(config):
    said = json.loads(agents.kubelet(kube).configured_by[0].read_text())
    assert said["imageGCHighThresholdPercent"] == 100, "an image that is gone can't be pulled again here"
    disk = {name: value for name, value in said["evictionHard"].items() if "fs" in name}
    assert len(disk) == 4 and set(disk.values()) == {"0%"}, "eviction for the disk removes images first"
    assert said["failSwapOn"] is False and said["enforceNodeAllocatable"] == []


def test_containerd_keeps_to_the_nodes_own_folders_and_the_local_pause_image(config):
    said = containerd.containerd().configured_by[0].read_text()
    assert f'sandbox_image = "{layout.PAUSE}"' in said, "there is no registry to pull another from"
    assert f'state = "{paths.RUN}' in said and "/run/containerd" not in said, "the machine's own containerd uses that"
    assert "netns_mounts_under_state_dir = true" in said, "else `stop` leaves network namespaces in /run/netns"


@pytest.mark.parametrize("capable", [True, False])
def test_oom_scores_are_restricted_where_the_capability_is_missing(config, monkeypatch, capable):
    monkeypatch.setattr(host, "can_lower_oom_score", lambda: capable)
    said = containerd.containerd().configured_by[0].read_text()
    assert f"restrict_oom_score_adj = {str(not capable).lower()}" in said, "runc dies without it"


def test_the_addons_have_every_blank_filled_in():
    deployment = next(one for one in addons.objects() if one["kind"] == "Deployment")
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == layout.COREDNS
    assert addons.objects()[-1]["spec"]["clusterIP"] == layout.DNS_SERVICE, "the kubelet tells it to each pod"
    said = yaml.safe_dump_all(addons.objects())
    assert not re.findall(r"{[A-Z_]+}", said), "a blank left over would be applied as it stands"


def test_names_of_the_cluster_are_cached_for_at_most_a_second():
    corefile = next(one for one in addons.objects() if one["kind"] == "ConfigMap")["data"]["Corefile"]
    assert "ttl 1\n" in corefile, "names follow a restarted pod at once"
    assert f"disable success {layout.DOMAIN}" in corefile and f"disable denial {layout.DOMAIN}" in corefile


def test_without_a_reachable_name_server_other_names_are_not_forwarded(monkeypatch):
    monkeypatch.setattr(addons, "resolv_conf", lambda: "")
    corefile = next(one for one in addons.objects() if one["kind"] == "ConfigMap")["data"]["Corefile"]
    assert "forward" not in corefile, "CoreDNS does not start with an empty list of servers"


def test_a_changed_corefile_rolls_coredns(monkeypatch):
    def digest() -> str:
        deployment = next(one for one in addons.objects() if one["kind"] == "Deployment")
        return deployment["spec"]["template"]["metadata"]["annotations"]["devcluster.local/corefile"]

    monkeypatch.setattr(addons, "resolv_conf", lambda: "")
    before = digest()
    monkeypatch.setattr(addons, "resolv_conf", lambda: "nameserver 192.0.2.1\n")
    assert digest() != before, "CoreDNS reads its configuration once"


def test_the_default_class_waits_for_its_pod_and_grows():
    storage_class = addons.objects()[0]
    assert storage_class["metadata"]["name"] == "local-path", "K3s calls it so, and stacks name it"
    assert storage_class["volumeBindingMode"] == "WaitForFirstConsumer" and storage_class["allowVolumeExpansion"]
