"""The index of a set of objects: built once, read by every contract."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

from contracts.environment import Variable, effective, read
from contracts.known.builtin import may_make_pods
from contracts.known.running import RUNTIME_LABELS, may_get
from contracts.mounting import templates
from contracts.objects import Plain, at, flattened, is_same, mapping, mappings, ref, selects, text
from contracts.reading import Reading, readings
from contracts.sources import Sources
from contracts.violation import Ref
from contracts.workload import TEMPLATES, Container, Workload

_TAKEN = {
    "configMapRef": "ConfigMap",
    "configMapKeyRef": "ConfigMap",
    "secretRef": "Secret",
    "secretKeyRef": "Secret",
}


class Index:
    """All objects by kind, namespace and name; workloads with what they read, mount, select and expose.

    `default_namespace` is where objects go that name none. `committed` was read from files that version control keeps;
    whoever reads files may tell.
    """

    def __init__(
        self, documents: Iterable[object], default_namespace: str = "default", committed: Collection[Ref] = ()
    ) -> None:
        self.objects: dict[Ref, Plain] = {}
        self.twice: list[Ref] = []
        self.committed = frozenset(committed)
        self.remembered: dict[tuple[str, str], frozenset[str]] = {}
        """What contracts look up once per namespace: (what, namespace) → words."""
        for body in flattened(documents):
            key = ref(body, default_namespace)
            if key in self.objects and is_same(self.objects[key], body):
                self.twice.append(key)
            self.objects[key] = body
        self._by_kind: dict[str, list[Ref]] = defaultdict(list)
        for key in self.objects:
            self._by_kind[key.kind].append(key)
        self._in_namespace: dict[tuple[str, str], list[Ref]] = defaultdict(list)
        for key in self.objects:
            self._in_namespace[key.kind, key.namespace].append(key)
        self._behind: dict[Ref, list[Workload]] = {}
        self._environments: dict[int, list[Variable]] = {}

    def refs(self, kind: str, namespace: str | None = None) -> list[Ref]:
        """The objects of one kind, in one namespace or in all."""
        found = self._by_kind.get(kind, ()) if namespace is None else self._in_namespace.get((kind, namespace), ())
        return list(found)

    def get(self, kind: str, namespace: str, name: str) -> Plain | None:
        """One object, or None."""
        return self.objects.get(Ref(kind, namespace, name))

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
    def pod_makers(self) -> dict[str, set[str]]:
        """Namespace → names of the objects of which an operator may make pods."""
        found: dict[str, set[str]] = defaultdict(set)
        for key, body in self.objects.items():
            if may_make_pods(body):
                found[key.namespace].add(key.name)
        return found

    @cached_property
    def _namespaces_with(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key in self.objects:
            found[key.kind, key.name].append(key.namespace)
        return found

    def namespaces_with(self, kind: str, name: str) -> Sequence[str]:
        """The namespaces that have an object of that kind and name."""
        return self._namespaces_with.get((kind, name), ())

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
        key = id(container)
        if key not in self._environments:
            self._environments[key] = read(workload, container, self.sources)
        return self._environments[key]

    def environment(self, workload: Workload, container: Container) -> dict[str, Variable]:
        """The environment that the container's process will see."""
        return effective(self.variables(workload, container))

    @cached_property
    def _takers(self) -> dict[Ref, list[tuple[Workload, Container]]]:
        found: dict[Ref, dict[str, tuple[Workload, Container]]] = defaultdict(dict)
        for workload in self.workloads:
            for container in workload.containers:
                several = mappings(container.body.get("envFrom"))
                single = (mapping(entry.get("valueFrom")) for entry in mappings(container.body.get("env")))
                for entry in (*several, *filter(None, single)):
                    for field, kind in _TAKEN.items():
                        if field in entry and (name := text(at(entry, field, "name"))):
                            source = Ref(kind, workload.ref.namespace, name)
                            found[source][f"{workload.ref} {container.where}"] = (workload, container)
        return {source: list(takers.values()) for source, takers in found.items()}

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

    def selected(self, namespace: str, selector: Plain) -> list[Workload]:
        """The workloads of a namespace whose pods a LabelSelector selects."""
        return [workload for workload in self._candidates(namespace, selector) if selects(selector, workload.labels)]

    @cached_property
    def _labelled(self) -> dict[tuple[str, str, str], list[Workload]]:
        found: dict[tuple[str, str, str], list[Workload]] = defaultdict(list)
        for workload in self.workloads:
            for key, value in workload.labels.items():
                found[workload.ref.namespace, text(key), text(value)].append(workload)
        return found

    def _candidates(self, namespace: str, selector: Plain) -> Sequence[Workload]:
        """The workloads that carry the rarest label of a selector: thousands of Services must not look at them all."""
        labels = mapping(selector.get("matchLabels"))
        if not labels:
            return self.workloads_in(namespace)
        return min((self._labelled.get((namespace, text(k), text(v)), []) for k, v in labels.items()), key=len)

    def behind(self, service: Ref) -> list[Workload]:
        """The workloads whose pods a Service selects; none for a Service without a selector.

        A label that pods get while they run (the role that Patroni writes, a pod's name) is none of a template's.
        """
        if service not in self._behind:
            self._behind[service] = self._pods_behind(service)
        return self._behind[service]

    def _pods_behind(self, service: Ref) -> list[Workload]:
        labels = mapping(at(self.objects[service], "spec", "selector"))
        if not labels:
            return []
        found = self.selected(service.namespace, {"matchLabels": labels})
        lasting = {key: value for key, value in labels.items() if key not in RUNTIME_LABELS}
        if found or not lasting or len(lasting) == len(labels):
            return found
        pods = self.selected(service.namespace, {"matchLabels": lasting})
        return [workload for workload in pods if all(may_get(workload, key, labels[key]) for key in labels)]

    @cached_property
    def namespaces(self) -> set[str]:
        """The namespaces that some object of the set is in."""
        return {key.namespace for key in self.objects if key.namespace} | {key.name for key in self.refs("Namespace")}

    def namespace_labels(self, namespace: str) -> Plain:
        """The labels of a namespace, with the one that the API server gives to each."""
        body = self.get("Namespace", "", namespace) or {}
        return {**mapping(at(body, "metadata", "labels")), "kubernetes.io/metadata.name": text(namespace)}
