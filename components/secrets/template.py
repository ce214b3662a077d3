"""Texts in Go's text/template, as all three operators run it, with sprig's functions beside Go's own.

Sources: external-secrets pkg/template/v2/template.go (sprig.TxtFuncMap); Infisical kubernetes-operator
internal/template/template.go (the same); sealed-secrets sealedsecret_expansion.go (sprig.GenericFuncMap).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from components.manifest import Issued, Secret, Text, shown

Entry = str | Secret | Text | Issued
Entries = Mapping[str, Entry]
"""Key of a Secret → what stands under it."""


@dataclass(frozen=True)
class Wanted:
    """A Secret that an operator is to make, and what it is made of. `held`: its values are fetched when the object is
    made and when somebody asks, not by itself."""

    name: str
    entries: Entries
    labels: Mapping[str, str]
    secret_type: str
    held: bool = False


_ESCAPED = {
    "none": "",
    # Go's url.QueryEscape leaves letters, digits, `-`, `_`, `.` and `~`, and writes a space as `+`, which only forms
    # read as a space. A plus is `%2B` by then: each that is left stands for a space (net/url, shouldEscape).
    "url": ' | urlquery | replace "+" "%20"',
    # encoding/json's text without its quotation marks; it writes `<`, `>` and `&` as \u003c, which JSON reads the same.
    "json": ' | toJson | trimPrefix "\\"" | trimSuffix "\\""',
}
"""Escape of a Text → the functions that a value goes through."""

Expression = Callable[[Any], str]
"""A marker → the expression under which its value stands in an operator's template."""


def template(entry: Entry, expression: Expression) -> str:
    """The template that gives what `entry` says, whatever characters its secrets have."""
    match entry:
        case str():
            return _plain(entry)
        case Text(parts=parts, escape=escape):
            return "".join(
                _plain(part) if isinstance(part, str) else _value(part, expression(part), _ESCAPED[escape])
                for part in parts
            )
    return _value(entry, expression(entry), "")


def _value(marker: Any, expression: str, escaped: str) -> str:
    # A name that is not there would become an empty text, or «<no value>»: as a password, neither is refused anywhere.
    reason = quoted(f"{shown(marker)} is empty, or not there")
    return f"{{{{ with {expression} }}}}{{{{ .{escaped} }}}}{{{{ else }}}}{{{{ fail {reason} }}}}{{{{ end }}}}"


def _plain(text: str) -> str:
    """A text that stands for itself: braces, which would begin an action, come out of one."""
    return f"{{{{ {quoted(text)} }}}}" if "{{" in text or text.endswith("{") else text


def quoted(text: str) -> str:
    """`text` as a string of Go; JSON's escapes are Go's too, but for those of surrogates."""
    return json.dumps(text, ensure_ascii=False)
