"""Every real stack file through the real __main__.py, as the engine would be told."""

import json
import re

import plans
import pulumi
import pytest
from conftest import SECRETS, configured
from engine import Recording, Registered, main_program, password, record

from components.manifest import Generated, Manifest, secrets_in, shown
from components.names import COMPONENT
from components.values import FINGERPRINT_KEY

MARKER = re.compile(r"<(generated|configured|certificate|fingerprint)[^>]*>")
every_stack = pytest.mark.parametrize("stack", plans.STACKS)


def objects(recording: Recording) -> dict[tuple[str, str], Registered]:
    """Reference → the resource, for everything that goes to the cluster. The first one is the stack's namespace."""
    resources = [r for r in recording.resources if r.type.startswith("kubernetes:")]
    own = resources[0].inputs["metadata"]["name"]

    def name(metadata: dict[str, str]) -> str:
        place = metadata.get("namespace", own)
        return metadata["name"] if place == own else f"{place}/{metadata['name']}"

    return {(r.inputs["kind"], name(r.inputs["metadata"])): r for r in resources}


def manifests(stack: str) -> dict[tuple[str, str], Manifest]:
    return {manifest.reference: manifest for manifest in plans.every_plan()[stack].manifests}


def values_of_secrets(stack: str) -> list[str]:
    """Every secret value that is in play when `stack` runs under the recording engine."""
    generated = {s for m in manifests(stack).values() for s in secrets_in(m.body) if hasattr(s, "name")}
    made = [password(s.name, s.length) for s in {*generated, FINGERPRINT_KEY}]
    return [*made, *SECRETS.values()]


def test_there_are_the_stacks_that_the_readme_names():
    named = {"dev", "local", "prod", "staging", "pg-ha", "databases-dev", "databases-staging", "databases-prod"}
    assert named <= set(plans.STACKS), "the glob finds the committed stack files"


@every_stack
def test_what_is_registered_is_what_is_rendered(recorded, stack):
    registered, rendered = objects(recorded(stack)), manifests(stack)
    assert set(registered) == set(rendered), "no object more and none less than `python -m components render`"
    for reference, manifest in rendered.items():
        assert same(shown(manifest.body), registered[reference].inputs), f"{reference} has another content"


def same(expected: object, found: object) -> bool:
    """Equal, where a marker in `expected` stands for any text."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(same(expected[key], found[key]) for key in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(same, expected, found))
    if isinstance(expected, str) and MARKER.search(expected):
        pattern = ".+".join(re.escape(part) for part in MARKER.sub("\0", expected).split("\0"))
        return isinstance(found, str) and re.fullmatch(pattern, found, re.DOTALL) is not None
    return expected == found


@every_stack
def test_each_object_belongs_to_the_part_that_made_it(recorded, stack):
    recording = recorded(stack)
    registered = objects(recording)
    for part in plans.every_plan()[stack].parts:
        for manifest in part.manifests:
            parent = recording.urn(registered[manifest.reference].parent)
            assert (parent.type, parent.name) == (f"postgres-apps:index:{part.kind}", part.name), manifest.reference


@every_stack
def test_each_object_comes_after_what_it_needs(recorded, stack):
    recording, rendered = recorded(stack), manifests(stack)
    registered = objects(recording)
    order = [resource.urn for resource in recording.resources]
    for reference, manifest in rendered.items():
        resource = registered[reference]
        needed = [registered[other].urn for other in manifest.after]
        if manifest.namespace:
            needed.append(registered["Namespace", manifest.namespace].urn)
        for urn in needed:
            assert urn in resource.dependencies, f"{reference} must wait for {urn}"
            assert order.index(urn) < order.index(resource.urn), f"{reference} before {urn}"
        assert resource.dependencies <= set(order[: order.index(resource.urn)]), f"{reference} waits for a later one"


@every_stack
def test_the_plan_names_a_need_before_who_needs_it(stack):
    seen: set[tuple[str, str]] = set()
    for manifest in plans.every_plan()[stack].manifests:
        # Registration looks each `after` up among what it registered already: a cycle can't be written this way.
        late = [need for need in manifest.after if need not in seen]
        assert not late, f"{manifest.reference} stands before {late}"
        seen.add(manifest.reference)


@pytest.mark.parametrize("stack", plans.EVERY)
def test_nothing_waits_for_a_service_of_its_own_pods(stack):
    rendered = manifests(stack)
    for reference, manifest in rendered.items():
        if reference[0] not in {"Deployment", "StatefulSet", "Job", "CronJob"}:
            continue
        labels = plans.template(manifest)["metadata"]["labels"]
        for need in needs_of(rendered, reference):
            if need[0] != "Service" or rendered[need].body["metadata"].get("annotations"):
                continue  # a Service with skipAwait waits for no pod
            selector = rendered[need].body["spec"]["selector"]
            assert not selector.items() <= labels.items(), f"{reference} waits for {need}, and {need} for its pods"


def needs_of(rendered: dict, reference: tuple[str, str]) -> set[tuple[str, str]]:
    """All that `reference` waits for, directly or not."""
    found: set[tuple[str, str]] = set()
    rest = [reference]
    while rest:
        for need in rendered[rest.pop()].after:
            if need not in found:
                found.add(need)
                rest.append(need)
    return found


@every_stack
def test_data_is_protected_and_retained_where_the_stack_keeps_it_and_nothing_else_is(recorded, stack):
    keep = plans.system(stack).keep
    data = {"kubernetes:core/v1:PersistentVolumeClaim", "kubernetes:core/v1:Secret", "kubernetes:core/v1:Namespace"}
    data.add("kubernetes:postgresql.cnpg.io/v1:Cluster")
    made = ("random:", "tls:index/privateKey:")  # a certificate is made anew with its key, and protected it could not
    theirs, consumes = of_tenants(recorded(stack), stack), stack in plans.CONSUMERS
    for resource in recorded(stack).resources:
        if resource.type == GUARD:
            continue
        kept = keep and resource not in theirs and (resource.type in data or resource.type.startswith(made))
        stays = kept or (
            (resource in theirs or consumes) and resource.type == "kubernetes:core/v1:Namespace"
        )  # others have put something into it
        assert (resource.protect, resource.retain) == (kept, stays), f"{resource.name}: rule 6, keep is {keep}"
        in_namespace = resource.type.startswith("kubernetes:") and resource.type != "kubernetes:core/v1:Namespace"
        in_namespace &= resource.inputs.get("metadata", {}).get("namespace") == plans.system(stack).namespace.name
        has_pods = resource.type.rpartition(":")[2] in ("Deployment", "StatefulSet", "Cluster", "Pooler")
        assert bool(resource.deleted_with) == (in_namespace and not keep and not consumes and not has_pods), (
            f"{resource.name}: only what may go with its namespace is left to its deletion, and no pods: a namespace "
            "ends etcd beside its clients, and looks after pods that are left only a minute later"
        )


def of_tenants(recording: Recording, stack: str) -> list[Registered]:
    """The resources that a tenant's lines make, and that its lines take away, but for its namespace."""
    found = manifests(stack)
    theirs = [m for m in found.values() if m.outside or m.body["metadata"]["labels"].get(COMPONENT) == "tenant"]
    passwords = {s.name for m in theirs for s in secrets_in(m.body) if isinstance(s, Generated)}
    registered = objects(recording)
    return [
        *(registered[manifest.reference] for manifest in theirs),
        *(resource for resource in recording.of_type("RandomPassword") if resource.name in passwords),
    ]


GUARD = "postgres-apps:index:Guard"


@every_stack
def test_where_data_is_kept_a_protected_guard_is_the_first_that_a_destroy_would_delete(recorded, stack):
    objects = {r.urn for r in recorded(stack).resources if r.type.startswith("kubernetes:")}
    guards = [resource for resource in recorded(stack).resources if resource.type == GUARD]
    assert len(guards) == int(plans.system(stack).keep), "a stack that keeps nothing needs no guard"
    for guard in guards:
        assert guard.protect, "rule 6: the destroy must end at the guard"
        assert guard.dependencies >= objects, "rule 6: what the guard does not depend on would be deleted before it"


def test_prod_and_staging_keep_their_data_and_dev_does_not():
    kept = {stack: plans.system(stack).keep for stack in plans.STACKS}
    assert kept["prod"], "rule 6: prod keeps its data"
    assert kept["staging"], "rule 6: staging keeps its data"
    assert not kept["dev"], "rule 6: in dev the data goes with the stack"


@every_stack
def test_every_resource_has_an_explicit_provider_with_the_stacks_context(recorded, stack):
    recording = recorded(stack)
    urns = {resource.urn for resource in recording.resources if resource.type.startswith("pulumi:providers:")}
    certificates = plans.system(stack).database.is_replicated or bool(plans.system(stack).database.tls)
    adopts = bool(plans.system(stack).tenants) or stack in plans.CONSUMERS
    assert len(urns) == 2 + certificates + adopts, (
        "one provider for the cluster, one for passwords, one for certificates, one for namespaces of others"
    )
    for resource in recording.resources:
        if resource.custom and not resource.type.startswith("pulumi:providers:"):
            assert resource.provider.rpartition("::")[0] in urns, f"{resource.name} has a default provider (rule 9)"
    for cluster in recording.of_type("kubernetes"):
        assert cluster.inputs["context"] == plans.system(stack).cluster.context, "rule 9: the context is the stack's"
    assert plans.file_config(stack)["pulumi:disable-default-providers"] == ["*"], "rule 9: no default provider"


@every_stack
def test_secret_values_are_in_secret_objects_only_and_sent_as_secrets(recorded, stack):
    found = 0
    for resource in recorded(stack).resources:
        if resource.type == "kubernetes:core/v1:Secret":
            assert resource.secrets == {("stringData",)}, f"{resource.name} must not stand in the state in clear text"
            found += 1
            continue
        text = json.dumps(resource.inputs, ensure_ascii=False)
        leaked = [value for value in values_of_secrets(stack) if value in text]
        assert not leaked, f"{resource.name} holds a secret's value (rule 4)"
    least = 2 if stack in plans.CONSUMERS else 5 if plans.system(stack).apps else 4
    assert found >= least, "the database's four Secrets and the app's; those of two apps where it is another stack's"


@every_stack
def test_outputs_are_names_and_addresses(recorded, stack):
    recording = recorded(stack)
    text = json.dumps(recording.outputs, ensure_ascii=False)
    assert recording.outputs == plans.every_plan()[stack].outputs, "the outputs are the plan's"
    assert not [value for value in values_of_secrets(stack) if value in text], "an output is shown to everybody"
    assert not recording.secret_outputs, "a name needs no hiding"
    hosts = {
        "pg-ha": "pg-router",
        "bill-inquiry-dev": "postgresql-bill-inquiry",
        "bill-inquiry-prod": "postgresql-bill-inquiry-router",
        **dict.fromkeys(plans.WITH_OPERATOR, "postgresql-shared-rw"),
    }
    if stack in plans.CONSUMERS:
        hosts[stack] = "postgresql-shared-rw.databases.svc.cluster.local"
    host = hosts.get(stack, "postgres")
    assert recording.outputs["database"]["host"] == host, "rule 1: a short name within the namespace"


@pytest.mark.parametrize("stack", ["prod"])
def test_configured_secrets_arrive_where_they_are_read(recorded, stack):
    registered = objects(recorded(stack))
    data = registered["Secret", "observer-secrets"].inputs["stringData"]
    assert data["KIS_APP_KEY"] == SECRETS["kisAppKey"], "as it is, with no escaping"
    pull = json.loads(registered["Secret", "ghcr-secret"].inputs["stringData"][".dockerconfigjson"])
    assert pull["auths"]["ghcr.io"]["password"] == SECRETS["ghcrToken"], "escaped, so that the JSON stays whole"
    uri = registered["Secret", "postgres-app"].inputs["stringData"]["uri"]
    made = password("postgres-app")
    assert uri == f"postgresql://observer_app:{made}@postgres:5432/observer?sslmode=prefer"


@pytest.mark.parametrize("stack", plans.OBSERVERS)
def test_notes_reach_the_one_who_runs_it(recorded, stack):
    messages = recorded(stack).messages
    assert [m for m in messages if "bound to one node" in m], "rule 8: the plan says that pods are bound to one node"


def test_a_missing_secret_ends_the_run_before_anything_is_registered():
    recording = Recording()
    secrets = configured("prod")
    del secrets[plans.PREFIX + "kisAppKey"]
    with pytest.raises(pulumi.RunError) as refused:
        record(main_program, stack_name="prod", config=plans.engine_config("prod"), secrets=secrets, into=recording)
    assert "kisAppKey" in str(refused.value), "the message names what to set"
    assert "pulumi config set --secret kisAppKey" in str(refused.value), "and says how"
    assert recording.resources == [], "nothing may be registered by then, not even a provider"


def test_a_broken_stack_file_ends_the_run_before_anything_is_registered():
    recording = Recording()
    config = plans.engine_config("prod") | {plans.PREFIX + "keep": '"yes"'}
    with pytest.raises(pulumi.RunError) as refused:
        record(main_program, stack_name="prod", config=config, secrets=configured("prod"), into=recording)
    assert "Pulumi.prod.yaml · keep" in str(refused.value), "the message says where"
    assert recording.resources == [], "a half-registered stack is what this order prevents"


def test_names_that_meet_end_the_run_before_anything_is_registered():
    recording = Recording()
    apps = json.loads(plans.engine_config("local")[plans.PREFIX + "apps"])
    apps["observer"]["config"] = "postgres-config"
    config = plans.engine_config("local") | {plans.PREFIX + "apps": json.dumps(apps)}
    with pytest.raises(pulumi.RunError) as refused:
        record(main_program, stack_name="local", config=config, secrets={}, into=recording)
    assert "ConfigMap/postgres-config" in str(refused.value), "the message names the object"
    assert recording.resources == [], "the real engine would find the second one in the middle of its work"
