"""S09: no secret stands in plain text: not in variables, arguments, annotations, ConfigMaps, operators' objects.

`changeme` under a password's name is a finding: the server starts with it, and it is the first thing that is tried.
"""

import re
from collections.abc import Iterator
from typing import Any

from contracts.catalogue.secrets.sealed import of_a_file
from contracts.index import Index
from contracts.known import builtin
from contracts.objects import items, mapping, mappings, text
from contracts.plaintext import credential, named_secret, placeholder, random, telling
from contracts.violation import Ref, Violation
from contracts.workload import Container, Workload

_HINT = re.compile(r"passw|pwd|secret|token|key|credential|requirepass|masterauth|://", re.IGNORECASE)
_LINE = re.compile(
    r"""^\s*(?:export\s+|-\s+)?["']?([\w.\[\]-]+)["']?\s*([:=])\s*["']?([^\s"',;]+)["']?\s*[,;]?\s*(?:[#;].*)?$"""
)
_REDIS = re.compile(r"^\s*(?:requirepass|masterauth)\s+[\"']?([^\s\"']+)", re.MULTILINE)
_SQL = re.compile(r"\bPASSWORD\s+'([^']+)'", re.IGNORECASE)
_ASSIGNED = re.compile(r"""(?:^|[\s;&"'])(?:--?(?:D)?)?([A-Za-z_][\w.-]*)=("[^"]*"|'[^']*'|[^\s;&|"']+)""")
_OPTION = re.compile(r"^--?([A-Za-z][\w.-]*)$")
_CODE = (
    ".sh",
    ".bash",
    ".py",
    ".js",
    ".ts",
    ".lua",
    ".rb",
    ".pl",
    ".php",
    ".go",
    ".md",
    ".html",
    ".tpl",
    ".tmpl",
    ".rego",
)
_KINDS_OF_VALUE = frozenset(
    "string str text int integer bool boolean object array password secret token bytes type".split()
)
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def text_(index: Index) -> Iterator[Violation]:
    """S09, in every place where plain text goes."""
    for workload in index.workloads:
        for container in workload.containers:
            yield from _variables(index, workload, container)
            yield from _arguments(index, workload, container)
        if workload.template is not workload.body:
            yield from _annotations(workload.ref, workload.where.removesuffix("spec"), workload.annotations)
    for ref in index.refs("ConfigMap"):
        yield from _config_map(index, ref)
    for ref, body in index.objects.items():
        yield from _annotations(ref, "", mapping(mapping(body.get("metadata")).get("annotations")))
        if builtin.custom(body) and ref.kind != "SealedSecret":
            yield from _strings(ref, "spec", body.get("spec"))


def _variables(index: Index, workload: Workload, container: Container) -> Iterator[Violation]:
    for entry in mappings(container.body.get("env")):
        value, name = text(entry.get("value")), text(entry.get("name"))
        if value and (what := _entry(index, workload.ref.namespace, name, value)):
            yield _finding(workload.ref, f"{container.where}.env[{name}].value", what, f"env {name} by secretKeyRef")


def _entry(index: Index, namespace: str, name: str, value: str) -> str:
    """What secret a variable or a one-line entry of a ConfigMap is, in words; "" for none."""
    if telling(name) and named_secret(name, value, _names(index, namespace)):
        return f"a value under the name {name}, which says that it is a {telling(name)}"
    if what := credential(value):
        return what
    return "a value as random as a key" if len(value) >= 20 and random(name, value) else ""


def _names(index: Index, namespace: str) -> frozenset[str]:
    found = index.remembered.get(("secret names", namespace))
    if found is None:
        found = frozenset({*index.secret_names.get(namespace, ()), *index.sources.names("Secret", namespace)})
        index.remembered["secret names", namespace] = found
    return found


def _arguments(index: Index, workload: Workload, container: Container) -> Iterator[Violation]:
    for field in ("command", "args"):
        words = [text(word) for word in items(container.body.get(field))]
        for number, word in enumerate(words):
            before = words[number - 1] if number else ""
            if what := _argument(index, workload.ref.namespace, before, word):
                where = f"{container.where}.{field}[{number}]"
                yield _finding(workload.ref, where, what, "a variable from a Secret, and $(NAME) in the argument")


def _argument(index: Index, namespace: str, before: str, word: str) -> str:
    if not _HINT.search(word) and not _HINT.search(before):
        return ""
    names = _names(index, namespace)
    option = _OPTION.match(before)
    if option and not word.startswith("-") and "$" not in word and named_secret(option[1], word, names):
        return f"the value of the option {before}"
    for name, value in _ASSIGNED.findall(word):
        bare = value.strip("\"'")
        if telling(name) and not set(bare) & set("$`()") and named_secret(name, bare, names):
            return f"a value for {name}"
    return credential(word) or ("a password in SQL" if _sql(word) else "")


def _sql(script: str) -> bool:
    return any(not set(value) & set("$:{<%#") for value in _SQL.findall(script))


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
    for key, value in mapping(index.objects[ref].get("data")).items():
        name, content = text(key), text(value)
        if not content or of_a_file(name, content):
            continue  # S10 tells of that.
        if "\n" not in content.strip():
            what = _entry(index, ref.namespace, name, content)
            if not what and len(content) > 8 and _HINT.search(content):
                what = _file(index, ref.namespace, name, content)
        else:
            what = _file(index, ref.namespace, name, content) if _HINT.search(content) else ""
        if what:
            yield _finding(ref, f"data[{name}]", what, f"a Secret, with the key {name}")


def _file(index: Index, namespace: str, name: str, content: str) -> str:
    """What secret a file of several lines holds, in words with the number of its line; "" for none."""
    code = name.endswith(_CODE) or content.startswith("#!")
    names = _names(index, namespace)
    for number, line in enumerate(content.splitlines(), 1):
        if line.lstrip().startswith(("#", ";", "//", "--", "*")) or not _HINT.search(line):
            continue
        if what := credential(line):
            return f"{what} (line {number})"
        if _sql(line):
            return f"a password in SQL (line {number})"
        if code:
            continue
        if (found := _REDIS.match(line)) and not placeholder(found[1]) and "$" not in found[1]:
            return f"a password of Redis (line {number})"
        if (found := _LINE.match(line)) and _line(found[1], found[2], found[3], names):
            return f"a value for {found[1]} (line {number})"
    return ""


def _line(name: str, separator: str, value: str, names: frozenset[str]) -> bool:
    if set(value) & set("(){}[]$`|&*") or (separator == ":" and value.lower() in _KINDS_OF_VALUE):
        return False
    return named_secret(name, value, names)


def _strings(ref: Ref, where: str, value: Any) -> Iterator[Violation]:
    """Operators' objects have fields of their own: only what has the form of a credential is told there."""
    if isinstance(value, str):
        if len(value) >= 12 and (what := credential(value)):
            yield _finding(ref, where, what, "a Secret, as the operator lets it be named")
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _strings(ref, f"{where}.{key}", below)
    elif isinstance(value, list):
        for number, below in enumerate(value):
            yield from _strings(ref, f"{where}[{number}]", below)


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
