"""Sets of objects that are hard to judge: many that select many, long texts, long lists of names alike."""

import random
import string
from typing import Any

from bench.applications import HARDENED, POD_HARDENED, Objects, a_service, an_object


def guarded(total: int) -> Objects:
    """A third of `total` clients of one database, a NetworkPolicy for each, and that many again to let each in."""
    server = _server()
    found = [*server]
    for number in range(total // 3):
        name = f"client-{number:05}"
        labels = {"app": name, "tier": "client"}
        found.append(_client(name, labels))
        egress = [
            {"to": [{"podSelector": {"matchLabels": {"app": "postgres"}}}], "ports": [{"port": 5432}]},
            {"ports": [{"port": 53, "protocol": "UDP"}]},
        ]
        ingress = [{"from": [{"podSelector": {"matchLabels": {"app": name}}}], "ports": [{"port": 5432}]}]
        found.append(_policy(name, {"app": name}, policyTypes=["Egress"], egress=egress))
        found.append(_policy(f"{name}-in", {"app": "postgres"}, policyTypes=["Ingress"], ingress=ingress))
    return found


def _server() -> Objects:
    return [
        a_service("postgres", {"app": "postgres"}, {"port": 5432}),
        _pods("postgres", {"app": "postgres"}, [{"containerPort": 5432}], {"POSTGRES_HOST_AUTH_METHOD": "trust"}),
    ]


def _pods(name: str, labels: dict[str, str], ports: Objects, values: dict[str, str]) -> dict[str, Any]:
    image = "postgres:17" if name == "postgres" else "example.org/app:1"
    container = {
        "name": "app",
        "image": image,
        "ports": ports,
        "securityContext": HARDENED,
        "env": [{"name": key, "value": value} for key, value in values.items()],
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], "securityContext": POD_HARDENED}}
    return an_object("Deployment", "apps/v1", name, spec={"selector": {"matchLabels": labels}, "template": template})


def _client(name: str, labels: dict[str, str]) -> dict[str, Any]:
    return _pods(name, labels, [{"containerPort": 8080}], {"PGHOST": "postgres", "PGUSER": "postgres"})


def _policy(name: str, selector: dict[str, str], **rules: Any) -> dict[str, Any]:
    spec = {"podSelector": {"matchLabels": selector}, **rules}
    return an_object("NetworkPolicy", "networking.k8s.io/v1", name, spec=spec)


def served(total: int) -> Objects:
    """Half of `total` pods that share two labels and differ in a third, and as many Services; a tenth selects all."""
    found = []
    for number in range(total // 2):
        name = f"app-{number:05}"
        shared = {"part-of": "shop", "tier": "web"}
        labels = {**shared, "app": name}
        found.append(_pods(name, labels, [{"name": "http", "containerPort": 8080}], {"QUEUE_HOST": name}))
        found.append(a_service(name, shared if number % 10 == 0 else labels, {"port": 8080}))
    return found


def texts(count: int, size: int) -> Objects:
    """So many ConfigMaps of about `size` bytes each: one of many short lines, one of one long line, one of entries."""
    rng = random.Random(4)  # noqa: S311 (the same set every time)
    letters = string.ascii_letters + string.digits
    word = "".join(rng.choices(letters, k=size))
    lines = "\n".join(f"key_{number}: value-{number} # a token of it" for number in range(size // 40))
    entries = {f"SETTING_{number}_KEY": word[number * 40 : number * 40 + 30] for number in range(size // 60)}
    kinds = ({"one.conf": lines}, {"one.bin": word}, entries)
    return [an_object("ConfigMap", "v1", f"text-{number:03}", data=kinds[number % 3]) for number in range(count)]


def crowded(size: int) -> Objects:
    """One pod with `size` of everything that a pod may have many of, each named nearly as the next, half of it lost."""
    names = [f"name-of-one-thing-{number:05}" for number in range(size)]
    asked = [(name, name + "x" * (number % 2)) for number, name in enumerate(names)]
    read = [{"name": f"V_{name}", "valueFrom": {"secretKeyRef": {"name": "one", "key": word}}} for name, word in asked]
    container = {
        "name": "app",
        "image": "example.org/app:1",
        "env": [*read, *({"name": f"T_{name}", "value": f"$(V_{word})"} for name, word in asked)],
        "volumeMounts": [{"name": word, "mountPath": f"/srv/{name}"} for name, word in asked],
        "securityContext": HARDENED,
    }
    volumes = [{"name": name, "configMap": {"name": name}} for name in names]
    pod = {"containers": [container], "volumes": volumes, "securityContext": POD_HARDENED}
    paths = [
        {"path": f"/{name}", "backend": {"service": {"name": "one", "port": {"name": word}}}} for name, word in asked
    ]
    ports = [{"name": name, "port": number + 1} for number, name in enumerate(names)]
    return [
        an_object("Pod", "v1", "one", spec=pod),
        an_object("Secret", "v1", "one", stringData=dict.fromkeys(names, "<generated>")),
        an_object("Service", "v1", "one", spec={"ports": ports}),
        an_object("Ingress", "networking.k8s.io/v1", "one", spec={"rules": [{"http": {"paths": paths}}]}),
    ]
