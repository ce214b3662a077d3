"""Edits of a set that change nothing that matters: what is read, selected, mounted and reached stays the same."""

from collections.abc import Callable

from tests.contracts.mutation.harmless import beside, names, order, ways
from tests.contracts.mutation.harmless.copies import Edited
from tests.contracts.mutation.places import Body

EDITS: list[Callable[[list[Body]], Edited]] = [
    order.objects_in_another_order,
    order.keys_in_another_order,
    order.items_in_another_order,
    order.more_labels_and_annotations,
    order.what_a_cluster_adds,
    beside.namesakes_elsewhere,
    beside.the_whole_stack_twice,
    beside.optional_references,
    beside.second_services,
    beside.unrelated_workloads,
    beside.more_that_nobody_reads,
    names.volumes_renamed,
    names.objects_renamed,
    names.containers_renamed,
    names.labels_renamed,
    ways.hosts_in_full,
    ways.ports_by_number,
    ways.keys_moved_to_the_secret,
    ways.variables_one_by_one,
    ways.secrets_in_base64,
    ways.selectors_by_expressions,
]
