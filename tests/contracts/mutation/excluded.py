"""Mutants that break no reference, by rule, each with its reason.

A HARMLESS one must not be found: nothing is broken. One that is OUTSIDE may be: what it breaks is not in the objects.
What the API server itself refuses is the schema's business, and is asked of its schema.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from tests.contracts.mutation import fields, rights, uses
from tests.contracts.mutation.breaks import Mutant
from tests.contracts.mutation.facts import Facts


class Why(Enum):
    """What becomes of an excluded mutant."""

    HARMLESS = "nothing breaks: must not be found"
    OUTSIDE = "not in the objects: may be found"
    SCHEMA = "the API server refuses it: may be found"


@dataclass(frozen=True)
class Rule:
    """`applies` decides by the place and the way of a mutant, never by a finding."""

    why: Why
    reason: str
    applies: Callable[[Mutant, Facts], bool]


_QUANTITIES = frozenset(
    "resources hard default defaultRequest sizeLimit storage timeoutSeconds periodSeconds failureThreshold interval "
    "initialDelaySeconds terminationGracePeriodSeconds backoffLimit activeDeadlineSeconds replicas maxSurge "
    "maxUnavailable for ttlSecondsAfterFinished schedule timeZone concurrencyPolicy successfulJobsHistoryLimit "
    "failedJobsHistoryLimit".split()
)


RULES = [
    Rule(Why.SCHEMA, "a field that the API demands is gone", fields.demanded),
    Rule(
        Why.SCHEMA,
        "one of the API's fixed words became another",
        fields.fixed_word,
    ),
    Rule(Why.OUTSIDE, "credentials that an app of another set reads", uses.read_elsewhere),
    Rule(Why.HARMLESS, "a policy in a namespace of which the set has no pods", uses.guards_nobody),
    Rule(Why.OUTSIDE, "a word or a figure that only the operator understands", fields.of_the_operator),
    Rule(Why.HARMLESS, "labels that no selector of the set asks for", uses.nobody_selects),
    Rule(Why.HARMLESS, "a source or key that nobody in the set reads", uses.nobody_reads),
    Rule(Why.OUTSIDE, "a Job is gone of whose pods only a policy speaks", rights.guarded_alone),
    Rule(Why.OUTSIDE, "nobody outside the set is permitted anything any more", rights.bound_to_the_world),
    Rule(Why.HARMLESS, "an object that nothing names or selects", uses.renamed_alone),
    Rule(Why.HARMLESS, "the policies let through all they did before", uses.still_let_through),
    Rule(Why.HARMLESS, "what is gone was the default, written out", fields.default),
    Rule(Why.HARMLESS, "a binding's words are gone that follow from the others", rights.default),
    Rule(Why.HARMLESS, "all keys are mounted where one was", fields.more_files),
    Rule(Why.HARMLESS, "a port of a container that nothing names", uses.port_unnamed),
    Rule(Why.HARMLESS, "another group may write too, and the user is as it was", fields.group),
    Rule(
        Why.HARMLESS,
        "the kubelet mounts files read-only whatever the mount says; others may stay writable",
        fields.read_only_anyway,
    ),
    Rule(Why.HARMLESS, "the pod itself, or its account, still says that there is no token", fields.token_twice),
    Rule(Why.HARMLESS, "a container's name, by which nothing calls it", uses.container_name),
    Rule(Why.HARMLESS, "more variables of Services, whose names nobody uses", fields.at("enableServiceLinks")),
    Rule(Why.OUTSIDE, "users and groups that only the cluster's sign-on knows", rights.of_the_world),
    Rule(Why.OUTSIDE, "a rule permits less: what is needed, only the program knows", rights.fewer),
    Rule(Why.OUTSIDE, "a rule permits it on all objects: how far it may go, only the writer knows", rights.more),
    Rule(Why.OUTSIDE, "the user that the image is made for is not in the objects", fields.own_user),
    Rule(Why.OUTSIDE, "a Service, or a port of it, that nobody in the set asks for", uses.not_asked_for),
    Rule(Why.OUTSIDE, "the names of single pods, by which nobody calls them", uses.names_of_pods),
    Rule(Why.OUTSIDE, "scratch space at a path that nothing in the set speaks of", uses.scratch),
    Rule(
        Why.OUTSIDE, "a claim that its StatefulSet makes of a template where it is not there", fields.made_of_a_template
    ),
    Rule(Why.OUTSIDE, "pods are kept apart: from whom, only the writer knows", fields.apart),
    Rule(
        Why.OUTSIDE,
        "how pods start, and whether they are found meanwhile",
        fields.at("publishNotReadyAddresses", "podManagementPolicy", "minReadySeconds"),
    ),
    Rule(Why.OUTSIDE, "which modes a program takes for its files", fields.at("defaultMode")),
    Rule(Why.OUTSIDE, "files of which only the program's own configuration speaks", uses.own_files),
    Rule(
        Why.OUTSIDE, "the policies cut off a Job's pods from what no client of a database asks", uses.lost_with_labels
    ),
    Rule(Why.OUTSIDE, "a word that only the program understands", fields.of_the_program),
    Rule(Why.OUTSIDE, "a key that only the store knows, or who decrypts", fields.key_of_a_store),
    Rule(Why.OUTSIDE, "a variable that no pod declares to need", uses.not_needed),
    Rule(Why.OUTSIDE, "read by server and clients from one key, so the same for both", fields.same_key_for_all),
    Rule(Why.OUTSIDE, "an empty ConfigMap waits for a program that fills it", fields.emptied),
    Rule(Why.OUTSIDE, "variables of a pod that declares to need none", uses.nothing_needed),
    Rule(Why.OUTSIDE, "names of the world and of the cluster: hosts, classes, nodes, metrics", fields.of_the_world),
    Rule(Why.OUTSIDE, "the port that only the program knows", uses.own_port),
    Rule(Why.OUTSIDE, "whether a registry gives an image away to everybody", uses.same_image_unpulled),
    Rule(Why.OUTSIDE, "a monitor that selects more, or asks less", fields.selects_more),
    Rule(Why.OUTSIDE, "labels of objects outside the set", fields.others_labels),
    Rule(Why.OUTSIDE, "a guard is gone, to which nothing refers", fields.guard_gone),
    Rule(Why.OUTSIDE, "the paths that the program answers", fields.answered),
    Rule(Why.OUTSIDE, "the policies cut off what nobody in the set asks for", uses.lost_outside),
    Rule(Why.OUTSIDE, "annotations for controllers and Pulumi", fields.annotation),
    Rule(Why.OUTSIDE, "a declaration is gone: then nothing is expected", fields.declaration_gone),
    Rule(
        Why.OUTSIDE,
        "how much, how long, how often",
        lambda mutant, facts: fields.at(*_QUANTITIES)(mutant, facts) and not rights.of_rules(mutant.place),
    ),
    Rule(Why.OUTSIDE, "what is told of a container's end", fields.at("terminationMessagePolicy")),
    Rule(Why.OUTSIDE, "whether a schedule waits for somebody: only the writer knows", fields.at("suspend")),
    Rule(Why.OUTSIDE, "without a source a volume is an emptyDir: room all the same", uses.room),
    Rule(Why.OUTSIDE, "a text that only a program reads", fields.text),
    Rule(Why.OUTSIDE, "a value that stands nowhere else: only the code knows which is right", uses.stands_alone),
    Rule(
        Why.OUTSIDE,
        "the program in the image",
        fields.at("image", "command", "args", "workingDir", "lifecycle", "exec"),
    ),
]


def rule_for(mutant: Mutant, facts: Facts) -> Rule | None:
    """The first rule that excludes a mutant, or None: then it has to be found."""
    return next((rule for rule in RULES if rule.applies(mutant, facts)), None)
