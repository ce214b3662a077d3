"""Mutants that break nothing by what the rest of the set says: nobody reads, selects, names or needs it."""

from tests.contracts.mutation import rights
from tests.contracts.mutation.breaks import Mutant
from tests.contracts.mutation.facts import Facts
from tests.contracts.mutation.fields import fixed_word
from tests.contracts.mutation.places import at


def nobody_selects(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if "labels" not in place.steps or str(place.last).startswith("pod-security"):
        return False
    whose = place.kind if place.steps[:2] == ("metadata", "labels") else "Pod"
    labels = place.value if place.last == "labels" else {place.last: place.value}
    return not any((whose, key, str(value)) in facts.selected for key, value in labels.items())


def nobody_reads(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind not in {"ConfigMap", "Secret"}:
        return False
    if "servicebinding" in str(place.body.get("type")):
        return place.last == "provider"  # The others are a promise to whoever will read them.
    if place.steps[:1] in {("data",), ("stringData",)} and len(place.steps) > 1:
        return not facts.is_read(place.kind, place.name, str(place.steps[1]))
    return not facts.is_read(place.kind, place.name)


def read_elsewhere(mutant: Mutant, facts: Facts) -> bool:
    """Credentials for an app of another set: what they say is a promise, their names and keys only the app knows."""
    place = mutant.place
    published = place.kind == "Secret" and "servicebinding" in str(place.body.get("type"))
    said = place.steps[:1] == ("stringData",) and len(place.steps) > 1 and mutant.way not in {"gone", "renamed"}
    return published and not facts.is_read("Secret", place.name) and not said


def guards_nobody(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind != "NetworkPolicy" or place.steps[:2] != ("spec", "podSelector"):
        return False
    namespace = place.body["metadata"].get("namespace")
    return namespace not in facts.namespaces_with_pods


def still_let_through(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind != "NetworkPolicy" or fixed_word(mutant, facts):
        return False
    if mutant.way == "changed" and place.steps[:3] == ("spec", "podSelector", "matchLabels"):
        return False  # It guards nobody now, whatever it let through.
    lost = facts.policies_of(facts.objects) - facts.policies_of(mutant.of(facts.objects))
    return not lost


def lost_outside(mutant: Mutant, facts: Facts) -> bool:
    if mutant.place.kind != "NetworkPolicy":
        return False
    lost = facts.policies_of(facts.objects) - facts.policies_of(mutant.of(facts.objects))
    return bool(lost) and not any(facts.is_used(way) for way in lost)


def renamed_alone(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    whole = place.steps in {(), ("kind",), ("metadata",), ("metadata", "name"), ("metadata", "namespace"), ("spec",)}
    if place.kind == "NetworkPolicy" and place.steps != ("metadata", "name"):
        return False
    return whole and not facts.is_named(place) and not rights.is_bound(place, facts)


def container_name(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    own = place.shape.endswith("ontainers[].name") and mutant.way == "changed"
    return own and not any(str(p.last).endswith(f"/reads.{place.value}") for p in facts.places)


def not_asked_for(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind != "Service" or place.steps[:1] != ("spec",) or place.steps[1:2] not in {("ports",), ("selector",)}:
        return False
    if place.steps[1:2] == ("selector",):
        return mutant.way == "gone" and place.name not in facts.hosts
    return (place.last == "name" or (place.last == "port" and mutant.way == "changed")) and not facts.is_asked_for(
        place
    )


def scratch(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if "volumeMounts" not in place.steps:
        return False
    if place.last == "volumeMounts":
        return len(place.value) == 1 or place.kind in {"Job", "CronJob"}
    mount = place.last == "mountPath" or isinstance(place.last, int)
    return mount and facts.is_scratch(place) and not facts.is_spoken_of(place)


def not_needed(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind in {"ConfigMap", "Secret"} and place.steps[:1] in {("data",), ("stringData",)}:
        needed = facts.needed_of(place)
        return mutant.way in {"gone", "renamed"} and len(place.steps) > 1 and str(place.last) not in needed
    if "env" not in place.steps:
        return False
    items = [number + 1 for number, step in enumerate(place.steps) if isinstance(step, int)]
    nodes = [at(place.body, place.steps[:number]) for number in items]
    names = [node["name"] for node in nodes if isinstance(node, dict) and "name" in node]
    if place.last == "env":
        return not {e["name"] for e in place.value} & facts.needed_by(place.body)
    return names[-1] not in facts.needed_by(place.body) and (mutant.way == "gone" or place.last == "name")


def nothing_needed(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.kind == "Secret" and place.last == "stringData" and place.kind and mutant.way == "gone":
        return facts.is_read("Secret", place.name) and not facts.needed_of(place) & set(place.value)
    if "envFrom" not in place.steps or mutant.way != "gone":
        return False
    taken = facts.keys_of(place.value) if isinstance(place.last, int) else facts.needed_by(place.body)
    return not taken & facts.needed_by(place.body)


def own_port(mutant: Mutant, facts: Facts) -> bool:
    """Where no variable of the pod says it, and nobody is led to it."""
    place = mutant.place
    if place.last != "containerPort":
        return False
    value = str(place.value)
    told = value in facts.own_values(place.body) or facts.is_led_to(place)
    return facts.stands_alone(value) or not told


def port_unnamed(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if "containers" not in place.steps or "ports" not in place.steps or place.last == "containerPort":
        return False
    entries = place.value if place.last == "ports" else [place.parent if place.last == "name" else place.value]
    names = {entry["name"] for entry in entries}
    return not any(p.last in {"targetPort", "port"} and str(p.value) in names for p in facts.places)


def own_files(mutant: Mutant, facts: Facts) -> bool:
    """Where files are mounted of which only the program's own configuration speaks."""
    place = mutant.place
    if place.last not in {"mountPath", "subPath"} or facts.is_scratch(place):
        return False
    if place.last == "subPath":
        return mutant.way == "gone"
    return mutant.way == "changed" and not facts.is_spoken_of(place)


def lost_with_labels(mutant: Mutant, facts: Facts) -> bool:
    """A Job's labels, of which only policies ask, for ways that no client of a database goes."""
    place = mutant.place
    labels = "labels" in place.steps or (place.last == "metadata" and mutant.way == "gone")
    if place.kind not in {"Job", "CronJob"} or "template" not in place.steps or not labels:
        return False
    lost = facts.policies_of(facts.objects) - facts.policies_of(mutant.of(facts.objects))
    return bool(lost) and not any(facts.is_used(way) for way in lost)


def same_image_unpulled(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if place.last != "imagePullSecrets" or mutant.way != "gone":
        return False
    images = {p.value for p in facts.places if p.last == "image" and p.object == place.object}
    others = {p.value for p in facts.places if p.last == "image" and p.object != place.object}
    return not images & others


def stands_alone(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    value = place.last == "value" and "env" in place.steps
    entry = place.kind in {"ConfigMap", "Secret"} and place.steps[:1] in {("data",), ("stringData",)}
    return (value or entry) and mutant.way == "changed" and facts.stands_alone(str(place.value))


def names_of_pods(mutant: Mutant, facts: Facts) -> bool:
    """A headless Service is gone that no host names; what renames it is a slip all the same. Whether anybody answers
    behind the Service of a single pod is asked by its program alone."""
    place = mutant.place
    if place.kind != "Service":
        return False
    headless = place.body["spec"].get("clusterIP") == "None"
    single = any("pod-name" in label for label in place.body["spec"].get("selector", {}))
    lost = single and mutant.way == "gone" and place.steps[:2] == ("spec", "selector")
    return (headless and not place.steps and place.name not in facts.hosts) or lost


def room(mutant: Mutant, _: Facts) -> bool:
    """`ephemeral` is gone: pkg/apis/core/v1/defaults.go, SetDefaults_Volume."""
    return mutant.way == "gone" and mutant.place.shape.endswith("volumes[].ephemeral")
