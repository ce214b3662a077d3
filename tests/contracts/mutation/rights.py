"""Roles and bindings: which mutants of them break nothing, and which nobody can tell from the objects."""

from tests.contracts.mutation.breaks import Mutant
from tests.contracts.mutation.facts import Facts
from tests.contracts.mutation.places import Place
from tests.contracts.mutation.through import template

_ROLES = frozenset({"Role", "ClusterRole"})
_BINDINGS = frozenset({"RoleBinding", "ClusterRoleBinding"})


def of_rules(place: Place) -> bool:
    """Whether a place is in the rules of a role, whose `resources` are no quantities."""
    return place.kind in _ROLES and place.steps[:1] == ("rules",)


def is_bound(place: Place, facts: Facts) -> bool:
    """A Role by a binding's name for it; a binding's own name nobody says, but an account may live by it."""
    if place.kind == "RoleBinding":
        accounts = any(subject["kind"] == "ServiceAccount" for subject in place.body["subjects"])
        return place.steps == ("metadata", "namespace") or (not place.steps and accounts)
    bindings = (body for body in facts.objects if body["kind"] == "RoleBinding")
    return place.kind == "Role" and any(body["roleRef"]["name"] == place.name for body in bindings)


def default(mutant: Mutant, _: Facts) -> bool:
    """apiGroup, which follows from the kind, and the namespace of an account that is the binding's own."""
    place = mutant.place
    if place.kind not in _BINDINGS or mutant.way != "gone":
        return False
    own = place.last == "namespace" and place.value == place.body["metadata"].get("namespace")
    return place.last == "apiGroup" or (own and "subjects" in place.steps)


def of_the_world(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    subject = place.kind in _BINDINGS and place.shape == "subjects[].name" and mutant.way == "changed"
    return subject and place.parent["kind"] in {"User", "Group"}


def bound_to_the_world(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    if place.kind not in _BINDINGS or place.steps:
        return False
    return all(subject["kind"] in {"User", "Group"} for subject in place.body["subjects"])


def fewer(mutant: Mutant, _: Facts) -> bool:
    """One of several verbs, groups or resources."""
    place = mutant.place
    one = of_rules(place) and mutant.way == "gone" and isinstance(place.last, int) and len(place.parent) > 1
    return one and place.steps[-2] != "resourceNames"


def more(mutant: Mutant, _: Facts) -> bool:
    """Without names a rule is about all objects of its resources."""
    place = mutant.place
    named = place.last == "resourceNames" or (place.steps[-2:-1] == ("resourceNames",) and len(place.parent) == 1)
    return of_rules(place) and mutant.way == "gone" and named


def guarded_alone(mutant: Mutant, facts: Facts) -> bool:
    """A Job or CronJob is gone of which only a policy speaks, that may be told to guard nobody."""
    place = mutant.place
    if place.kind not in {"Job", "CronJob"} or place.steps:
        return False
    labels = template(place.body).get("metadata", {}).get("labels", {}).items()
    policies = (body["spec"] for body in facts.objects if body["kind"] == "NetworkPolicy")
    guarded = (spec.get("podSelector", {}).get("matchLabels") for spec in policies)
    return any(some and some.items() <= labels for some in guarded)
