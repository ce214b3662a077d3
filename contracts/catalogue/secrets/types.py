"""S08: the API server takes the Secret: its type has the keys that it demands, and `data` is base64.

Source: pkg/apis/core/validation/validation.go, ValidateSecret.
"""

import json
from collections.abc import Iterator

from contracts.index import Index
from contracts.near import nearest
from contracts.objects import Plain, mapping, text
from contracts.plaintext import placeholder
from contracts.sources import decoded
from contracts.violation import Ref, Violation

_DEMANDED = {
    "kubernetes.io/tls": (("tls.crt", "tls.key"), all),
    "kubernetes.io/dockerconfigjson": ((".dockerconfigjson",), all),
    "kubernetes.io/dockercfg": ((".dockercfg",), all),
    "kubernetes.io/basic-auth": (("username", "password"), any),
    "kubernetes.io/ssh-auth": (("ssh-privatekey",), all),
}
"""Type → its keys, and whether all of them must be there."""


def demands(index: Index) -> Iterator[Violation]:
    """S08, for the Secrets of the set; those that operators make are their operators' business."""
    for ref in index.refs("Secret"):
        body = index.objects[ref]
        yield from _keys(index, ref, body)
        yield from _encoded(ref, body)
        yield from _docker(index, ref, body)


def _keys(index: Index, ref: Ref, body: Plain) -> Iterator[Violation]:
    kind = text(body.get("type"))
    demanded, how = _DEMANDED.get(kind, ((), all))
    source = index.sources.of(ref)
    if demanded and source and not how(key in source.keys for key in demanded):
        lacking = [key for key in demanded if key not in source.keys]
        near = nearest(lacking[0], source.keys - set(demanded))
        yield Violation(
            "S08",
            ref,
            "data",
            found=f"type {kind} with the keys {', '.join(sorted(source.keys)) or 'none'}",
            expected=f"the key {(' and ' if how is all else ' or ').join(lacking)}",
            because="the API server refuses a Secret of that type without it",
            nearest=near,
            fix=f"rename {near} to {lacking[0]}" if near else f"add {lacking[0]}",
        )


def _encoded(ref: Ref, body: Plain) -> Iterator[Violation]:
    for key, value in mapping(body.get("data")).items():
        if value is None or placeholder(text(value)):
            continue  # A marker for whatever fills the file in before it is applied.
        if decoded(text(value)) is None:
            yield Violation(
                "S08",
                ref,
                f"data[{text(key)}]",
                found="a value that is not base64",
                expected="base64 under data, or plain text under stringData",
                because="the API server refuses the Secret as a whole",
                fix=f"move {text(key)} to stringData, or encode it",
            )


def _docker(index: Index, ref: Ref, body: Plain) -> Iterator[Violation]:
    if text(body.get("type")) != "kubernetes.io/dockerconfigjson":
        return
    value = index.sources.secret_value(ref, ".dockerconfigjson")
    if value is None or (placeholder(value) and (not value.startswith("{") or value.startswith("{{"))):
        return
    try:
        content = json.loads(value)
    except ValueError:
        content = None
    if not isinstance(content, dict) or not isinstance(content.get("auths"), dict):
        yield Violation(
            "S08",
            ref,
            "data[.dockerconfigjson]",
            found="a value without `auths`" if isinstance(content, dict) else "a value that is not JSON",
            expected='{"auths": {"<registry>": {"username": …, "password": …}}}',
            because="the kubelet finds no credentials in it, and the pull is denied",
            fix="make it with `kubectl create secret docker-registry`",
        )
