"""Rule 7: what is changed rolls the pods that read it, and nothing else does."""

import plans
import pytest

from components.manifest import Fingerprint

EVERY = pytest.mark.parametrize("stack", plans.EVERY)


def of_pods(workload):
    annotations = plans.template(workload)["metadata"].get("annotations", {})
    return {key: value for key, value in annotations.items() if key.startswith("checksum/")}


def checksums(plan, kind="Deployment", name="observer"):
    return of_pods(plans.one(plan, kind, name))


def changed(before, after):
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def test_rule_7_a_changed_variable_rolls_the_app_and_nothing_else():
    before = plans.plan("dev")
    after = plans.plan("dev", {"apps": {"observer": {"variables": {"LOG_LEVEL": "DEBUG"}}}})
    assert changed(checksums(before), checksums(after)) == {"checksum/observer-config"}
    assert checksums(before, "StatefulSet", "postgres") == checksums(after, "StatefulSet", "postgres")


def test_rule_7_a_changed_file_rolls_the_app():
    files = {"observer.yaml": "markets: []"}
    after = plans.plan("dev", {"apps": {"observer": {"volumes": {"config": {"files": files}}}}})
    assert changed(checksums(plans.plan("dev")), checksums(after)) == {"checksum/observer-config-files"}


def test_rule_7_a_changed_parameter_rolls_the_database_and_nothing_else():
    after = plans.plan("dev", {"database": {"parameters": {"log_min_duration_statement": "250ms"}}})
    before = plans.plan("dev")
    assert changed(checksums(before, "StatefulSet", "postgres"), checksums(after, "StatefulSet", "postgres")) == {
        "checksum/postgres-config"
    }
    assert checksums(before) == checksums(after), "the app reads none of it"


def test_rule_7_another_secret_rolls_the_app():
    after = plans.plan("dev", {"apps": {"observer": {"secrets": {"SESSION_KEY": {"generate": 40}}}}})
    assert changed(checksums(plans.plan("dev")), checksums(after)) == {"checksum/observer-secrets"}


def test_rule_7_what_no_pod_reads_rolls_nothing():
    patch = {
        "labels": {"team": "data"},
        "namespace": {"quota": {"pods": 20}},
        "apps": {"observer": {"volumes": {"data": {"size": "30Gi"}}}},
    }
    before, after = plans.plan("dev"), plans.plan("dev", patch)
    assert checksums(before) == checksums(after), "a grown claim grows in place"
    assert checksums(before, "StatefulSet", "postgres") == checksums(after, "StatefulSet", "postgres")


@EVERY
def test_rule_7_secrets_are_only_fingerprinted(stack):
    plan = plans.every_plan()[stack]
    for workload in plans.workloads(plan):
        for key, value in of_pods(workload).items():
            secret = key.removeprefix("checksum/") in {m.name for m in plan.manifests if m.kind == "Secret"}
            assert isinstance(value, Fingerprint) == secret, f"{key}: a plain hash of a short secret can be guessed"


REREAD = {
    "etcd reads its certificate's files at each handshake": {("StatefulSet", "etcd", "etcd-tls")},
    "the Job `settle` has the members read theirs again": {("StatefulSet", "", "tls")},
    "the router trusts an authority, which keeps its key when it is renewed": {("Deployment", "router", "tls")},
    "a member starts its program when it ends, from the files as they are then": {("StatefulSet", "", "scripts")},
    "the Job `settle` puts it into etcd while all members run": {("StatefulSet", "", "shared")},
}
"""Why pods need not begin anew → who reads what then: kind, and the ends of both names behind the database's."""

REREAD_ALONE = {
    "whoever checks a server reads the authority at each connection": {("Deployment", "exporter", "ca")},
    "the Job `reload` has the server read it again": {("StatefulSet", "", "tls")},
}
"""The same of a standalone server."""


def reread(database) -> set[tuple[str, str, str]]:
    """(kind, name, what it reads) of the named exceptions, for one database."""

    def named(end: str) -> str:
        return f"{database.service}-{end}" if end else database.service

    exceptions = REREAD_ALONE if database.is_standalone else REREAD
    return {(kind, named(end), named(read)) for some in exceptions.values() for kind, end, read in some}


def read_by(spec) -> set[str]:
    """The names of the ConfigMaps and Secrets that a pod reads."""
    sources = [volume.get("configMap") or volume.get("secret") or {} for volume in spec["volumes"]]
    for container in plans.containers(spec):
        sources += [next(iter(item.values())) for item in container.get("envFrom", ())]
        sources += [item.get("valueFrom", {}).get("secretKeyRef", {}) for item in container.get("env", ())]
    return {name for source in sources if (name := source.get("name") or source.get("secretName"))}


@EVERY
def test_rule_7_each_pod_that_runs_on_carries_the_checksum_of_all_that_it_reads(stack):
    plan, database = plans.every_plan()[stack], plans.system(stack).database
    for workload in plans.workloads(plan):
        told = {key.removeprefix("checksum/") for key in of_pods(workload)}
        excepted = {read for *who, read in reread(database) if tuple(who) == workload.reference}
        if database.is_external:  # the engine reads nothing of others; Reloader may
            excepted |= {connection.secret for connection in plan.connections.values()}
        if workload.kind not in {"Job", "CronJob"}:  # which read all anew at each run
            missing = read_by(plans.template(workload)["spec"]) - told - excepted
            assert not missing, f"{workload.reference}: another {missing} would roll no pod"


@pytest.mark.parametrize("stack", ["pg-ha", "everything-replicated", "bill-inquiry-dev"])
def test_rule_7_each_exception_is_in_use(stack):
    plan, database = plans.every_plan()[stack], plans.system(stack).database
    for kind, name, read in reread(database):
        spec = plans.one(plan, kind, name).body["spec"]["template"]["spec"]
        assert read in read_by(spec), f"{kind} {name}: an exception that nobody needs hides the next mistake"


def fingerprints(recording) -> dict[str, str]:
    found: dict[str, str] = {}
    for resource in recording.resources:
        template = resource.inputs.get("spec", {}).get("template", {})
        annotations = template.get("metadata", {}).get("annotations", {})
        found |= {key: value for key, value in annotations.items() if key.startswith("checksum/")}
    return found


def test_rule_7_a_changed_value_of_a_secret_changes_the_fingerprint_and_only_that(recorded):
    from conftest import configured  # noqa: PLC0415
    from engine import main_program, record  # noqa: PLC0415

    secrets = configured("prod") | {plans.PREFIX + "kisHtsId": "another"}
    after = record(main_program, stack_name="prod", config=plans.engine_config("prod"), secrets=secrets)
    before = fingerprints(recorded("prod"))
    assert changed(before, fingerprints(after)) == {"checksum/observer-secrets"}
    assert all(len(value) == 64 for value in before.values()), "a hash, which tells nothing"
