"""The family «wiring»: what selects, serves, probes, scales, guards and permits finds what it names."""

from contracts.catalogue.contract import Contract
from contracts.catalogue.wiring import (
    accounts,
    backends,
    budgets,
    governing,
    guarded,
    listening,
    monitors,
    overlap,
    probes,
    ready,
    roles,
    scaling,
    selectors,
    services,
    single,
    targets,
)

CONTRACTS: list[Contract] = [
    Contract("W01", "a Service selects pods", services.selected),
    Contract("W02", "a Service's ports are ports of its pods", targets.ports),
    Contract("W03", "a selector selects the template beside it", selectors.own),
    Contract("W04", "no two workloads select each other's pods", overlap.workloads),
    Contract("W05", "a Service leads only to pods that listen", overlap.services),
    Contract("W06", "a probe's port is a port of its container", probes.ports),
    Contract("W07", "what leads to a Service finds it, and its port", backends.services),
    Contract("W08", "what scales finds what it scales", scaling.targets),
    Contract("W09", "a PodDisruptionBudget guards pods", budgets.selected),
    Contract("W10", "a PodDisruptionBudget lets a node be drained", budgets.drains),
    Contract("W11", "a monitor finds its Services or pods, and the port", monitors.targets),
    Contract("W12", "a StatefulSet's Service is there and selects its pods", governing.services),
    Contract("W13", "the ServiceAccount and classes that a pod names are there", accounts.named),
    Contract("W14", "a binding binds a role that is there to subjects that are there", roles.bindings),
    Contract("W15", "a Job has a time to live", single.jobs),
    Contract("W16", "an object stands in the set once", single.objects),
    Contract("W17", "the port that a program is told to listen on is its container's", listening.ports),
    Contract("W18", "the Namespace of the set is the one that its objects name", listening.namespaces),
    Contract("W19", "a readiness probe asks the path that the code declares for it", ready.probes),
    Contract("W20", "a NetworkPolicy or a pod affinity finds its pods", guarded.pods),
]
