"""S09: no secret stands in plain text: not in variables, arguments, annotations, ConfigMaps, operators' objects.

`changeme` under a password's name is a finding: the server starts with it, and it is the first thing that is tried.
"""

from collections.abc import Iterator
from typing import Any

from contracts.catalogue.secrets.sealed import of_a_file
from contracts.catalogue.secrets.texts import of_argument, of_entry, of_file
from contracts.container import requests
from contracts.index import Index
from contracts.known import builtin
from contracts.objects import at, items, mapping, mappings, text
from contracts.once import once
from contracts.plaintext import credential, named_secret, placeholder, telling
from contracts.violation import Ref, Violation
from contracts.workload import Container, Workload

_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def text_(index: Index) -> Iterator[Violation]:
    """S09, in every place where plain text goes."""
    for workload in index.workloads:
        for container in workload.containers:
            yield from _variables(index, workload, container)
            yield from _arguments(index, workload, container)
            yield from _headers(workload, container)
        if workload.template is not workload.body:
            yield from _annotations(workload.ref, workload.where.removesuffix("spec"), workload.annotations)
    for ref in index.refs("ConfigMap"):
        yield from _config_map(index, ref)
    for ref, body in index.objects.items():
        if annotations := mapping(mapping(body.get("metadata")).get("annotations")):
            yield from _annotations(ref, "", annotations)
        if builtin.custom(body) and ref.kind != "SealedSecret":
            yield from _strings(ref, "spec", body.get("spec"))


def _variables(index: Index, workload: Workload, container: Container) -> Iterator[Violation]:
    names = _names(index, workload.ref.namespace)
    for entry in container.env:
        value, name = text(entry.get("value")), text(entry.get("name"))
        if value and (what := of_entry(name, value, names)):
            yield _finding(workload.ref, f"{container.where}.env[{name}].value", what, f"env {name} by secretKeyRef")


@once
def _names(index: Index, namespace: str) -> frozenset[str]:
    """The names of the Secrets of a namespace, those that its pods only name included."""
    return frozenset({*index.secret_names.get(namespace, ()), *index.sources.names("Secret", namespace)})


def _arguments(index: Index, workload: Workload, container: Container) -> Iterator[Violation]:
    names = _names(index, workload.ref.namespace)
    own = [(field, container.body.get(field)) for field in ("command", "args")]
    asked = [(f"{place}.exec.command", at(body, "exec", "command")) for place, body in requests(container.body)]
    for place, command in own + asked:
        words = [text(word) for word in items(command)]
        for number, word in enumerate(words):
            before = words[number - 1] if number else ""
            if what := of_argument(before, word, names):
                where = f"{container.where}.{place}[{number}]"
                # Kubernetes fills in $(NAME) where it starts a container, not where it asks one.
                name = "$NAME in a shell's argument" if ".exec." in place else "$(NAME) in the argument"
                yield _finding(workload.ref, where, what, f"a variable from a Secret, and {name}")


def _headers(workload: Workload, container: Container) -> Iterator[Violation]:
    """Headers take no variable; whoever may read the pod reads them."""
    for place, body in requests(container.body):
        for header in mappings(at(body, "httpGet", "httpHeaders")):
            name, value = text(header.get("name")), text(header.get("value"))
            login = name.lower() == "authorization" and not placeholder(value.partition(" ")[2])
            if login or named_secret(name, value) or credential(value):
                where = f"{container.where}.{place}.httpGet.httpHeaders[{name}]"
                yield _finding(
                    workload.ref, where, "a credential in a header", "a variable from a Secret, and ask by exec"
                )


def _annotations(ref: Ref, where: str, annotations: Any) -> Iterator[Violation]:
    for key, value in annotations.items():
        name, content = text(key), text(value)
        if len(content) < 4 or name == _APPLIED:
            continue
        what = credential(content) if "://" in content or "=" in content or len(content) >= 20 else ""
        if not what and telling(name.rpartition("/")[2]) in {"password", "passwd"} and named_secret(name, content):
            what = f"a value under the name {name}"
        if what:
            yield _finding(
                ref, f"{where}metadata.annotations[{name}]", what, "a Secret; annotations are open to all readers"
            )


def _config_map(index: Index, ref: Ref) -> Iterator[Violation]:
    names = _names(index, ref.namespace)
    for key, value in mapping(index.objects[ref].get("data")).items():
        name, content = text(key), text(value)
        if not content or of_a_file(name, content):
            continue  # S10 tells of that.
        what = "" if "\n" in content.strip() else of_entry(name, content, names)
        if what := what or (of_file(name, content, names) if len(content) > 8 else ""):
            yield _finding(ref, f"data[{name}]", what, f"a Secret, with the key {name}")


def _strings(ref: Ref, where: str, value: Any) -> Iterator[Violation]:
    """Operators' objects have fields of their own: only what has the form of a credential is told there."""
    todo, seen = [(where, value)], set()
    while todo:
        where, value = todo.pop()
        if isinstance(value, str) and len(value) >= 12 and (what := credential(value)):
            yield _finding(ref, where, what, "a Secret, as the operator lets it be named")
        if not isinstance(value, dict | list) or id(value) in seen:
            continue
        seen.add(id(value))  # Ten YAML aliases of ten aliases, and so on: one object in a million places.
        below = value.items() if isinstance(value, dict) else enumerate(value)
        steps = [(f"{where}.{key}" if isinstance(value, dict) else f"{where}[{key}]", one) for key, one in below]
        todo += reversed(steps)


def _finding(ref: Ref, where: str, what: str, instead: str) -> Violation:
    return Violation(
        "S09",
        ref,
        where,
        found=what,
        expected="no secret in plain text",
        because="whoever may read this object, its file or the process list has it; it stays in every copy and log",
        fix=f"put it into {instead}, and change the secret: it has been seen"
        if not instead.startswith("env ")
        else f"put it into a Secret, read {instead.removeprefix('env ')}, and change the secret: it has been seen",
    )
