"""The names that a settings file may use: those that Kubernetes and PostgreSQL accept, refused here, not there."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from components.images import image_parts


def _matching(pattern: str, allowed: str, longest: int):
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if len(text.encode()) > longest or not compiled.fullmatch(text):
            raise ValueError(f"allowed: {allowed}, at most {longest} characters")
        return text

    return AfterValidator(check)


Label = Annotated[
    str,
    _matching(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", "lower-case letters, digits and inner hyphens (RFC 1123 label)", 63),
]
"""A namespace, a workload, a container, a volume."""

ServiceName = Annotated[
    str,
    _matching(
        r"[a-z]([-a-z0-9]*[a-z0-9])?", "a letter, then lower-case letters, digits and hyphens (RFC 1035 label)", 63
    ),
]
"""A Service: its name is a DNS label that may not start with a digit."""

ObjectName = Annotated[
    str,
    _matching(
        r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
        "lower-case letters, digits, hyphens and dots (RFC 1123 subdomain)",
        253,
    ),
]
"""A Secret, a ConfigMap, a claim, a StorageClass."""

Variable = Annotated[str, _matching(r"[A-Za-z_][A-Za-z0-9_]*", "letters, digits and underscores", 253)]
"""An environment variable that every shell and language can read."""

FileName = Annotated[
    str, _matching(r"(?!\.\.)[-._a-zA-Z0-9]+(?<!^\.)", "letters, digits, dots, hyphens and underscores, not `..`", 253)
]
"""A key of a ConfigMap that becomes a file."""

ConfigKey = Annotated[str, _matching(r"[A-Za-z][-_A-Za-z0-9]*", "a letter, then letters, digits, - and _", 128)]
"""A key of Pulumi's configuration, without the project's name before it."""


_RESERVED = {"public", "none", "template0", "template1", "postgres_apps", "information_schema"} | {
    *("all", "sameuser", "samerole", "samegroup", "replication"),  # keywords of pg_hba.conf
}


def identifier(name: str) -> str:
    """`name`, where it can be a database's or a role's; else ValueError says what can."""
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name) or len(name) > 63:
        raise ValueError("allowed: lower-case letters, digits and underscores, at most 63 (a PostgreSQL identifier)")
    if name.startswith("pg_") or name in _RESERVED:
        raise ValueError(f"allowed: a name that PostgreSQL does not reserve (pg_…, {', '.join(sorted(_RESERVED))})")
    return name


Identifier = Annotated[str, AfterValidator(identifier)]
"""A database or role, unquoted."""


def _absolute(path: str) -> str:
    if not re.fullmatch(r"(/[^/:\0]+)+", path) or any(part in {".", ".."} for part in path.split("/")):
        raise ValueError("allowed: an absolute path without `..`, `:`, or a slash at its end")
    return path


Path = Annotated[str, AfterValidator(_absolute)]
"""A place in a container."""


def _probe_path(path: str) -> str:
    if not re.fullmatch(r"/[!-~]*", path):
        raise ValueError("allowed: an HTTP path that starts with /, without spaces")
    return path


HttpPath = Annotated[str, AfterValidator(_probe_path)]


_REPOSITORY = re.compile(r"([a-zA-Z0-9.-]+(:\d+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*")
"""A registry, then path components: github.com/distribution/reference, the grammar at its head, a little wider."""


def _image(reference: str) -> str:
    repository, tag, digest = image_parts(reference)
    if not _REPOSITORY.fullmatch(repository) or (tag and not re.fullmatch(r"\w[\w.-]{0,127}", tag, re.ASCII)):
        raise ValueError("allowed: registry/repository:tag in lower case, or with @sha256:… behind it")
    if digest and not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        raise ValueError("allowed: a digest of the form sha256: and 64 hexadecimal digits")
    if tag == "latest" or not (tag or digest):
        raise ValueError("allowed: an image with a tag other than latest, or a digest (a moving tag is no version)")
    return reference


Image = Annotated[str, AfterValidator(_image)]
"""An image that means the same tomorrow (rule 11 of the design)."""


def _value(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError('allowed: a text; quote it ("true" or "1"), so that the app reads what you mean')  # noqa: TRY004
    if isinstance(value, float):
        raise ValueError("allowed: a text; quote it, because YAML reads 1.10 as 1.1")  # noqa: TRY004
    return str(value) if isinstance(value, int) else value


Value = Annotated[str, BeforeValidator(_value)]
"""The value of an environment variable."""


_QUALIFIED = r"[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?"


LabelKey = Annotated[
    str,
    _matching(
        rf"([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?{_QUALIFIED}",
        "letters, digits, `-`, `_`, `.`, at most 63, with a DNS name and a slash before them or without",
        253 + 1 + 63,
    ),
]
"""The key of a label or an annotation, or a resource's name."""

LabelValue = Annotated[str, _matching(rf"({_QUALIFIED})?", "letters, digits, `-`, `_`, `.`, or nothing", 63)]

Labels = dict[LabelKey, LabelValue]
