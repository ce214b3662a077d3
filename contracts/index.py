"""The index of a set of objects: built once, read by every contract."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from contracts.environment import Variable, effective, read
from contracts.inventory import Inventory
from contracts.known.running import RUNTIME_LABELS, may_get
from contracts.mounting import templates
from contracts.objects import Plain, at, mapping, text
from contracts.reading import Reading, readings
from contracts.selecting import Labelled, Pair, demanded
from contracts.sources import Sources
from contracts.violation import Ref
from contracts.workload import TEMPLATES, Container, Workload

_TAKEN = {
    "configMapRef": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
    "secretRef": "Secret",
    "secretKeyRef": "Secret",
}


class Index(Inventory):
    """The objects of a set; its workloads, with what they read, mount, and what selects them."""

    def __init__(
        self, documents: Iterable[object], default_namespace: str = "default", committed: Collection[Ref] = ()
    ) -> None:
        super().__init__(documents, default_namespace, committed)
        self._pods: dict[str | None, Labelled[Workload]] = {}
        self._behind: dict[Ref, list[Workload]] = {}
        self._alike: dict[tuple[str, frozenset[Pair]], list[Workload]] = {}
        self._variables: dict[Container, list[Variable]] = {}
        self._environments: dict[Container, dict[str, Variable]] = {}

    @cached_property
    def workloads(self) -> list[Workload]:
        """Whatever makes pods; what another object of the set owns (a ReplicaSet of a Deployment) is left to it."""
        return [
            Workload(self.objects[key], key)
            for kind in TEMPLATES
            for key in self._by_kind.get(kind, ())
            if not at(self.objects[key], "metadata", "ownerReferences")
        ]

    @cached_property
    def _workloads_in(self) -> dict[str, list[Workload]]:
        found: dict[str, list[Workload]] = defaultdict(list)
        for workload in self.workloads:
            found[workload.ref.namespace].append(workload)
        return found

    def workloads_in(self, namespace: str) -> Sequence[Workload]:
        """The workloads of one namespace."""
        return self._workloads_in.get(namespace, ())

    @cached_property
    def readings(self) -> list[Reading]:
        """Every reference of a pod to a ConfigMap or Secret."""
        return [reading for found in self._readings.values() for reading in found]

    @cached_property
    def secret_names(self) -> dict[str, set[str]]:
        """Namespace → names of the Secrets that its pods read, whether they are there or not."""
        found: dict[str, set[str]] = defaultdict(set)
        for reading in self.readings:
            if reading.source.kind == "Secret":
                found[reading.source.namespace].add(reading.source.name)
        return found

    @cached_property
    def _readings(self) -> dict[Ref, list[Reading]]:
        return {workload.ref: list(readings(workload)) for workload in self.workloads}

    def readings_of(self, workload: Workload) -> Sequence[Reading]:
        """What one workload reads."""
        return self._readings.get(workload.ref, ())

    @cached_property
    def sources(self) -> Sources:
        """ConfigMaps and Secrets, those that operators will make included."""
        return Sources(self.objects.items())

    def variables(self, workload: Workload, container: Container) -> list[Variable]:
        """Every variable of a container with its source, the winning one of a name last."""
        if container not in self._variables:
            self._variables[container] = read(workload, container, self.sources)
        return self._variables[container]

    def environment(self, workload: Workload, container: Container) -> Mapping[str, Variable]:
        """The environment that the container's process will see."""
        if container not in self._environments:
            self._environments[container] = effective(self.variables(workload, container))
        return self._environments[container]

    @cached_property
    def _takers(self) -> dict[Ref, list[tuple[Workload, Container]]]:
        found: dict[Ref, dict[Container, Workload]] = defaultdict(dict)
        for workload in self.workloads:
            for container in workload.containers:
                single = (mapping(entry.get("valueFrom")) for entry in container.env)
                for entry in (*container.env_from, *filter(None, single)):
                    for field, kind in _TAKEN.items():
                        if field in entry and (name := text(at(entry, field, "name"))):
                            source = Ref(kind, workload.ref.namespace, name)
                            found[source][container] = workload
        return {source: [(taken, by) for by, taken in takers.items()] for source, takers in found.items()}

    def takers(self, source: Ref | None) -> Sequence[tuple[Workload, Container]]:
        """The containers that take variables from a ConfigMap or Secret, all of them or one by one."""
        return self._takers.get(source, ()) if source else ()

    @cached_property
    def _claims(self) -> dict[str, dict[str, Plain]]:
        found: dict[str, dict[str, Plain]] = defaultdict(dict)
        for workload in self.workloads:
            for name, template in templates(workload):
                found[workload.ref.namespace][name] = template
        for claim in self.refs("PersistentVolumeClaim"):
            found[claim.namespace][claim.name] = self.objects[claim]
        return found

    def claims_in(self, namespace: str) -> Mapping[str, Plain]:
        """Name → claim of a namespace, those that a StatefulSet's templates make included."""
        return self._claims.get(namespace, {})

    def pods(self, namespace: str | None) -> Labelled[Workload]:
        """The workloads of one namespace, or of all, by the labels of their pods; with the pods that operators make."""
        if namespace not in self._pods:
            if namespace is None:
                workloads = [*self.workloads, *self.made]
            else:
                workloads = [*self.workloads_in(namespace), *self.made_in(namespace)]
            self._pods[namespace] = Labelled((workload, workload.labels) for workload in workloads)
        return self._pods[namespace]

    def selected(self, namespace: str, selector: Plain) -> list[Workload]:
        """The workloads of a namespace whose pods a LabelSelector selects."""
        return self.pods(namespace).selected(selector)

    def behind(self, service: Ref) -> list[Workload]:
        """The workloads whose pods a Service selects: one list for all that select the same; none without a selector.

        A label that pods get while they run (the role that Patroni writes, a pod's name) is none of a template's.
        """
        if service not in self._behind:
            labels = mapping(at(self.objects[service], "spec", "selector"))
            key = service.namespace, frozenset(demanded({"matchLabels": labels}))
            if key not in self._alike:
                self._alike[key] = self._pods_behind(service, labels) if labels else []
            self._behind[service] = self._alike[key]
        return self._behind[service]

    def _pods_behind(self, service: Ref, labels: Plain) -> list[Workload]:
        found = self.selected(service.namespace, {"matchLabels": labels})
        lasting = {key: value for key, value in labels.items() if key not in RUNTIME_LABELS}
        if found or len(lasting) == len(labels):
            return found
        # Of pods that an operator makes the names are known too.
        pods = (
            self.selected(service.namespace, {"matchLabels": lasting}) if lasting else self.made_in(service.namespace)
        )
        return [workload for workload in pods if all(may_get(workload, key, labels[key]) for key in labels)]

    @cached_property
    def _services(self) -> dict[Ref, list[Ref]]:
        found: dict[Ref, list[Ref]] = defaultdict(list)
        for service in self.refs("Service"):
            for workload in self.behind(service):
                found[workload.ref].append(service)
        return found

    def services_of(self, workload: Workload) -> Sequence[Ref]:
        """The Services that lead to the pods of a workload."""
        return self._services.get(workload.ref, ())
