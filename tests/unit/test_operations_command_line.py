"""`python -m operations …`: exit codes, and where it looks."""

import plans
import pytest

from operations.__main__ import main
from operations.refusals import CantTell
from operations.target import of_stack

STANDALONE = next(
    name
    for name in plans.STACKS
    if plans.load.decode(plans.load.from_file(name)).system.database.topology == "standalone"
)


def test_a_stack_without_a_replicated_database_can_not_be_told_of(capsys):
    assert main(["--stack", STANDALONE, "status"]) == 2
    assert "standalone; these commands are for a replicated one" in capsys.readouterr().err


def test_a_stack_that_is_not_there_is_answered_with_the_nearest(capsys):
    assert main(["--stack", "prd", "status"]) == 2
    assert "did you mean `prod`?" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["--stack", "dev"], ["--stack", "dev", "statsu"], ["status"]])
def test_a_wrong_command_ends_with_2(capsys, words):
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert "usage:" in capsys.readouterr().err


def _stack(root, **database):
    (root / "systems").symlink_to(plans.ROOT / "systems")
    lines = [
        "config:",
        "  postgres-apps:system: pg-ha",
        "  postgres-apps:environment: prod",
        "  postgres-apps:cluster: {context: the-cluster, domain: k8s.example.org}",
        "  postgres-apps:namespace: {name: shop}",
    ]
    (root / "Pulumi.shop.yaml").write_text("\n".join(lines) + "\n")


def test_names_and_context_are_the_stacks_own(tmp_path):
    _stack(tmp_path)
    target = of_stack("shop", tmp_path)
    assert (target.context, target.namespace, target.scope) == ("the-cluster", "shop", "pg-ha")
    assert of_stack("shop", tmp_path, "another").context == "another", "but one may be named"
    look = target.look()
    assert look["etcd"]["pg-etcd-0"] == {
        "health": "http://pg-etcd-0.pg-etcd.shop.svc.k8s.example.org:2381",
        "client": "https://pg-etcd-0.pg-etcd.shop.svc.k8s.example.org:2379",
    }
    assert target.apis()["pg-1"] == "https://pg-1.shop.svc.k8s.example.org:8008"
    assert "assword" not in str(look) + str(target.request("GET", "/cluster", None, 1)), "orders are seen by ps"


def test_what_is_maintained_are_the_names_that_the_stack_makes(tmp_path):
    _stack(tmp_path)
    stack = plans.load.decode(plans.load.from_file("shop", tmp_path), tmp_path)
    made = {(manifest.kind, manifest.name): manifest.body for manifest in plans.compose(stack.system).manifests}
    target = of_stack("shop", tmp_path)
    database = target.addresses.database
    containers = {
        name: [one["name"] for one in made[kind, name]["spec"]["template"]["spec"]["containers"]]
        for kind, name in (
            ("StatefulSet", database.service),
            ("StatefulSet", database.etcd),
            ("Deployment", database.router),
        )
    }
    assert "patroni" in containers[database.service], "commands run in this container"
    assert "etcd" in containers[database.etcd] and "haproxy" in containers[database.router]
    environment = made["StatefulSet", database.etcd]["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"ETCDCTL_USER", "ETCDCTL_PASSWORD", "ETCDCTL_CERT"} <= {entry["name"] for entry in environment}, (
        "etcdctl is run without any of them in its words"
    )
    jobs = {
        body["spec"]["template"]["metadata"]["labels"][plans_name()]
        for (kind, _), body in made.items()
        if kind == "Job"
    }
    assert jobs == set(target.jobs()), "each Job of the database is looked at"


def plans_name() -> str:
    from components.names import NAME  # noqa: PLC0415

    return NAME


def test_a_replicated_stack_is_what_these_commands_are_for(tmp_path):
    with pytest.raises(CantTell, match="standalone"):
        of_stack(STANDALONE)
