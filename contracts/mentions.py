"""What a container is told that may be of a database: by variables, by options, by URLs in the files that it mounts."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from contracts.environment import Variable
from contracts.index import Index
from contracts.known.drivers import BARE, field_of
from contracts.objects import items, mapping, mappings, text
from contracts.violation import Ref
from contracts.workload import Container, Workload

_OPTION = re.compile(r"-{1,2}(?:D)?([A-Za-z][\w.-]*)(?:=(.*))?", re.DOTALL)
_IN_TEXT = re.compile(r"(?:jdbc:)?postgres(?:ql)?(?:\+\w+)?://[^\s\"'`<>]+")
_COMMENT = ("#", "//", ";", "--", "*")
_SETTINGS = re.compile(r"(?:^|.*\.)(?:ya?ml|json|toml|ini|conf|cfg|env|properties|xml)|[^.]+")
"""Files that a program is set up by. A URL in a script or a page may be an example of one."""


class Mention(NamedTuple):
    """A value that a container is given under a name; None for one that can't be known. `where` is its place in
    `object`."""

    name: str
    value: str | None
    object: Ref
    where: str


def mentions(index: Index, workload: Workload, container: Container) -> Iterator[Mention]:
    """Every variable, then what else may say where a database is."""
    for variable in index.environment(workload, container).values():
        # Nearly every variable of a set is of neither sort; its value is not even looked up.
        value = variable.value
        if value is None or "=" in value or "://" in value or variable.name == BARE or field_of(variable.name):
            yield Mention(variable.name, known_value(index, variable), workload.ref, variable.where)
    yield from _options(workload, container)
    yield from _files(index, workload, container)


def _options(workload: Workload, container: Container) -> Iterator[Mention]:
    for field in ("command", "args"):
        words = [text(word) for word in items(container.body.get(field))]
        for number, word in enumerate(words):
            option = _OPTION.fullmatch(word)
            if option is None:
                if _IN_TEXT.fullmatch(word):
                    where = f"{container.where}.{field}[{number}]"
                    yield Mention(f"argument {number + 1}", word, workload.ref, where)
            elif option[2] is not None:
                yield Mention(option[1], option[2], workload.ref, f"{container.where}.{field}[{number}]")
            elif number + 1 < len(words) and field_of(option[1]):
                yield Mention(option[1], words[number + 1], workload.ref, f"{container.where}.{field}[{number + 1}]")


def _files(index: Index, workload: Workload, container: Container) -> Iterator[Mention]:
    mounted = {mount.volume for mount in container.mounts}
    for name in (name for name in workload.volumes if name in mounted):
        volume = workload.volumes[name]
        projected = mappings(mapping(volume.get("projected")).get("sources"))
        for source in (volume, *projected):
            if "configMap" not in source:
                continue
            ref = Ref("ConfigMap", workload.ref.namespace, text(mapping(source["configMap"]).get("name")))
            for key, content in mapping(mapping(index.objects.get(ref)).get("data")).items():
                if "://" in text(content) and _SETTINGS.fullmatch(text(key)):
                    yield from _urls(ref, text(key), text(content))


def _urls(ref: Ref, key: str, content: str) -> Iterator[Mention]:
    for number, line in enumerate(content.splitlines(), 1):
        if "postgres" in line and not line.lstrip().startswith(_COMMENT):
            for url in _IN_TEXT.findall(line.partition(" #")[0]):
                yield Mention(f"line {number} of {key}", url, ref, f"data[{key}]")


def known_value(index: Index, variable: Variable) -> str | None:
    """The value of a variable, a Secret's included where the set has it: to be compared, a password never shown."""
    if variable.source is not None and variable.secret:
        return index.sources.secret_value(variable.source, variable.key)
    return variable.value
