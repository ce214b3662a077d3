"""What a set of objects refers to, as plainly as it can be told: nothing here is taken from contracts/."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from tests.contracts.mutation import operated
from tests.contracts.mutation.places import Body, Place, at, places
from tests.contracts.mutation.through import PODS, let_through, template

_IN_URL = re.compile(r"(?:@|postgres(?:ql)?://|//(?=[\w-]+\.[\w.-]*svc))([\w-]+)")
"""Hosts of databases, and full names; what a short name in the URL of a web page leads to only the program knows."""

SELECTORS = ("matchLabels", "selector")


class Facts:
    """Read once per stack; rules about what a change breaks are decided by it."""

    def __init__(self, objects: list[Body]) -> None:
        self.objects = objects
        self.places = list(places(objects))

    @cached_property
    def whole(self) -> set[tuple[str, str]]:
        """(kind, name) of the sources that somebody reads with all keys: envFrom, a volume without items."""
        found = set()
        for place in self.places:
            if place.last in {"configMapRef", "secretRef"} and isinstance(place.value, dict):
                kind = "ConfigMap" if place.last == "configMapRef" else "Secret"
                found.add((kind, place.value["name"]))
            elif place.shape.endswith("volumes[].configMap"):
                found.add(("ConfigMap", place.value["name"]))
            elif place.shape.endswith("volumes[].secret"):
                found.add(("Secret", place.value["secretName"]))
            elif place.shape.endswith(("imagePullSecrets[].name", "tls[].secretName")):
                found.add(("Secret", place.value))
        return found

    @cached_property
    def single(self) -> set[tuple[str, str, str]]:
        """(kind, name, key) of what is read alone."""
        found = operated.reads(self.objects)
        for place in self.places:
            if place.last in {"configMapKeyRef", "secretKeyRef"}:
                kind = "ConfigMap" if place.last == "configMapKeyRef" else "Secret"
                found.add((kind, place.value["name"], place.value["key"]))
        return found

    def is_read(self, kind: str, name: str, key: str | None = None) -> bool:
        """Whether somebody in the set reads a source, or that key of it."""
        if (kind, name) in self.whole:
            return True
        return any(one[:2] == (kind, name) and key in {None, one[2]} for one in self.single)

    @cached_property
    def selected(self) -> set[tuple[str, str, str]]:
        """(whose labels, key, value): every label that some selector of the set asks for."""
        found = set()
        for place in self.places:
            if place.last in SELECTORS and isinstance(place.value, dict):
                whose = "Pod"
                if "namespaceSelector" in place.steps:
                    whose = "Namespace"
                elif place.kind == "ServiceMonitor":
                    whose = "Service"
                found |= {(whose, key, str(value)) for key, value in place.value.items()}
        return found

    @staticmethod
    def needed_by(body: Body) -> set[str]:
        """The variables that the pods of an object declare to need."""
        if body["kind"] not in PODS:
            return set()
        annotations = template(body)["metadata"].get("annotations", {})
        return {word for key, words in annotations.items() if "/reads" in key for word in words.split()}

    def keys_of(self, entry: Any) -> set[str]:
        """The variables that an entry of envFrom brings."""
        kind = "ConfigMap" if "configMapRef" in entry else "Secret"
        name = entry.get("configMapRef", entry.get("secretRef"))["name"]
        sources = (b for b in self.objects if (b["kind"], b["metadata"]["name"]) == (kind, name))
        return {key for body in sources for key in body.get("data") or body.get("stringData") or {}}

    def needed_of(self, source: Place) -> set[str]:
        """The variables that some pod needs of those that read the ConfigMap or Secret of `source`."""
        readers = (body for body in self.objects if body["kind"] in PODS and source.name in _strings(body["spec"]))
        return {word for body in readers for word in self.needed_by(body)}

    @cached_property
    def hosts(self) -> set[str]:
        """The hosts in all values that a process reads: variables called so, and the hosts of URLs."""
        texts = [place for place in self.places if isinstance(place.value, str)]
        read = [place for place in texts if place_is_below(place, "env", "data", "stringData")]
        said = {p.value for p in read if "HOST" in str(p.last) or p.last == "host"}
        said |= {p.value for p in read if p.last == "value" and "HOST" in str(p.parent.get("name"))}
        urls = {host for place in read for host in re.findall(_IN_URL, place.value)}
        return {host.partition(".")[0] for host in said} | urls

    @cached_property
    def ports(self) -> set[str]:
        """The ports that a client of a database is told: by variables called so, in URLs, and the one that is meant."""
        texts = [p for p in self.places if isinstance(p.value, str) and place_is_below(p, "env", "data", "stringData")]
        said = {p.value for p in texts if str(p.last).upper().endswith("PORT")}
        said |= {p.value for p in texts if p.last == "value" and str(p.parent.get("name")).endswith("PGPORT")}
        return said | {port for p in texts for port in re.findall(r"@[\w-]+:(\d+)/", p.value)}

    def is_asked_for(self, port: Place) -> bool:
        """Whether an Ingress or a monitor names a port of a Service, or a host and a port lead to it."""
        if port.last == "name":
            asked = [p for p in self.places if place_is_below(p, "backend", "endpoints") and p.value == port.value]
            return any(port.name in set(_strings(p.body)) for p in asked)
        return (port.name in self.hosts and str(port.value) in self.ports) or any(
            "backend" in p.steps and p.last == "number" and p.value == port.value for p in self.places
        )

    def is_led_to(self, port: Place) -> bool:
        """Whether the host and the port that a client is told lead to a container's port."""
        labels = template(port.body)["metadata"]["labels"].items()
        return any(
            entry.get("targetPort") in {port.value, port.parent.get("name")} and str(entry["port"]) in self.ports
            for service in self.objects
            if service["kind"] == "Service" and service["metadata"]["name"] in self.hosts
            if service["spec"].get("selector", {"": ""}).items() <= labels
            for entry in service["spec"]["ports"]
        )

    def is_spoken_of(self, place: Place) -> bool:
        """Whether a container says the path that it mounts in `place`, or its pod declares it."""
        template = at(place.body, place.steps[: place.steps.index("template") + 1])
        path = place.value["mountPath"] if isinstance(place.value, dict) else place.value
        container = at(place.body, place.steps[: place.steps.index("volumeMounts")])
        # What a hook is told is the program's own business, as a command is.
        said = (value for field, value in container.items() if field not in {"volumeMounts", "lifecycle"})
        own = [text for value in said for text in _strings(value)]
        return any(path in text for text in [*own, *_strings(template["metadata"])])

    def is_scratch(self, place: Place) -> bool:
        """Whether the mount of `place` is of an emptyDir."""
        template = at(place.body, place.steps[: place.steps.index("template") + 1])
        mount = at(place.body, place.steps[: place.steps.index("volumeMounts") + 2])
        volumes = {volume["name"]: volume for volume in template["spec"].get("volumes", [])}
        return "emptyDir" in volumes.get(mount["name"], {})

    def is_named(self, place: Place) -> bool:
        """Whether another object names the object of `place`, or selects its pods."""
        name, kind = place.name, place.kind
        if kind in {"ServiceAccount", "PersistentVolumeClaim", "Secret", "ConfigMap"}:
            return True
        if kind in operated.OPERATED:
            return self._is_named_by_operator(place)
        if kind in {"Service", "Ingress", "ServiceMonitor"} and place.steps == ("metadata", "namespace"):
            return True
        if kind == "Service":
            others = [other for other in self.places if other.object != place.object and other.value == name]
            return name in self.hosts or any(p.last == "serviceName" or "backend" in p.steps for p in others)
        if kind == "Certificate":
            return place.steps != ("metadata", "name")
        if kind == "PodDisruptionBudget":
            return place.steps not in {(), ("metadata", "name")}
        if kind == "Namespace":
            return place.steps == ("metadata", "name")
        if kind == "StatefulSet" and place.steps == ("metadata", "name"):
            return any("pod-name" in str(other.last) and other.value.startswith(f"{name}-") for other in self.places)
        if kind in {"Job", "CronJob"}:
            return place.steps == ("metadata", "namespace")
        return kind in PODS and place.steps != ("metadata", "name")

    def _is_named_by_operator(self, place: Place) -> bool:
        """By its own name a Cluster, a Pooler or a store is named; a Database and a DatabaseRole by the name within."""
        if place.steps == ("metadata", "namespace") or place.kind in {"Cluster", "ObjectStore"}:
            return place.kind != "PodMonitor" or place.steps != ("metadata", "name")
        if place.kind == "Pooler":
            return place.name in self.hosts
        inner = (place.body.get("spec") or {}).get("name")
        return place.steps != ("metadata", "name") and inner is not None and self._counts[inner] > 1

    @cached_property
    def _counts(self) -> Counter[str]:
        words: Counter[str] = Counter()
        for place in self.places:
            # The words of a program's own file are nobody's references.
            program = place.kind == "ConfigMap" and "\n" in str(place.value)
            if isinstance(place.value, str | int) and not program:
                words.update({str(place.value), *_words(str(place.value))})
        return words

    def stands_alone(self, value: str) -> bool:
        """Whether `value` is in no other place of the set; one or two letters are nobody's name."""
        return len(value) < 3 or self._counts[value] < 2

    def own_values(self, body: Body) -> set[str]:
        """The values of the variables that the pods of an object have, but for those of Secrets."""
        pod = template(body)["spec"]
        every = [*pod.get("initContainers", []), *pod["containers"]]
        own = {entry["value"] for container in every for entry in container.get("env", []) if "value" in entry}
        taken = {
            entry["configMapRef"]["name"] for c in every for entry in c.get("envFrom", []) if "configMapRef" in entry
        }
        return own | {
            value
            for other in self.objects
            if other["kind"] == "ConfigMap" and other["metadata"]["name"] in taken
            for value in other["data"].values()
        }

    def is_used(self, way: tuple[str, ...]) -> bool:
        """Whether a way through the policies is one that an app goes: to its database, and to DNS."""
        subject, other, port, direction = way
        if port == "UDP53":
            return direction == "Egress" and other == "kube-dns" and subject in self._clients
        if way in self._operated_ways:
            return True
        ends = {subject, other} if port.removeprefix("TCP") in self.ports else set()
        return bool(ends & self._clients) and bool(ends & self._behind)

    @cached_property
    def _operated_ways(self) -> set[tuple[str, ...]]:
        return operated.ways(self.objects)

    @cached_property
    def _behind(self) -> set[str]:
        """The workloads behind the Services that hosts name."""
        selectors = [b["spec"].get("selector") for b in self.objects if b["kind"] == "Service"]
        named = [b["metadata"]["name"] in self.hosts for b in self.objects if b["kind"] == "Service"]
        wanted = [selector for selector, name in zip(selectors, named, strict=True) if name and selector]
        return {
            f"{body['kind']} {body['metadata']['name']}"
            for body in self.objects
            if body["kind"] in PODS
            and any(some.items() <= template(body)["metadata"]["labels"].items() for some in wanted)
        } | operated.behind(self.objects, self.hosts)

    @cached_property
    def _clients(self) -> set[str]:
        """Whoever has the database's host in a variable: in its own env, or in what it reads."""
        hosts = {b["metadata"]["name"] for b in self.objects if b["kind"] == "ConfigMap" and "DB_HOST" in str(b)}
        return {
            f"{body['kind']} {body['metadata']['name']}"
            for body in self.objects
            if body["kind"] in PODS and ("PGHOST" in _variables(body) or hosts & set(_strings(body)))
        }

    @cached_property
    def namespaces_with_pods(self) -> set[str | None]:
        """The namespaces in which the set has pods, or somebody makes some of it."""
        return {b["metadata"].get("namespace") for b in self.objects if b["kind"] in (*PODS, "Cluster", "Pooler")}

    def policies_of(self, objects: list[Body]) -> frozenset[Any]:
        """All that NetworkPolicies let through, as (who, to whom, port, direction); see `let_through`."""
        return frozenset(let_through(objects))


def _words(text: str) -> list[str]:
    for mark in "/:@.,= ":
        text = text.replace(mark, " ")
    return text.split()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _variables(body: Body) -> set[str]:
    pod = template(body)["spec"]
    every = [*pod.get("initContainers", []), *pod["containers"]]
    return {entry["name"] for container in every for entry in container.get("env", [])}


def place_is_below(place: Place, *steps: str) -> bool:
    """Whether one of `steps` is on the way to `place`, itself included."""
    return any(step in place.steps for step in steps)
