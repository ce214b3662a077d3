"""Property values as Pulumi sends them, and as the stand-ins hold them: plain Python, plus Secret and UNKNOWN.

The marks below are constants of the protocol: sdk/go/common/resource (sig.go, properties.go) and
sdk/go/common/resource/plugin/rpc.go of pulumi/pulumi.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from devcluster.plugins.protocol.stubs import struct_pb2

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  a mark of the protocol
UNKNOWN_MARK = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_MARKS = frozenset(
    {
        UNKNOWN_MARK,  # string
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class Unknown:
    """A value that a preview can't know yet."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that state keeps encrypted. Its text is never part of a message."""

    value: Any

    def __repr__(self) -> str:
        return "Secret(…)"


def read(struct: struct_pb2.Struct) -> dict[str, Any]:
    """The properties of one message. Whole numbers come back as int; null values are left out, as the official does."""
    return {name: _read(value) for name, value in struct.fields.items() if value.WhichOneof("kind") != "null_value"}


def _read(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        # 36 is the length of every mark: one comparison of a number for all other strings.
        return UNKNOWN if len(text) == 36 and text in UNKNOWN_MARKS else text
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields and fields[SIGNATURE].string_value == SECRET:
            return Secret(_read(fields["value"]))
        return read(value.struct_value)
    if kind == "list_value":
        return [_read(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def write(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """A message that holds `properties`, with secrets and unknown values marked as such."""
    struct = struct_pb2.Struct()
    _write_fields(struct, properties)
    return struct


def _write_fields(struct: struct_pb2.Struct, properties: Mapping[str, Any]) -> None:
    fields = struct.fields
    for name, value in properties.items():
        _write(fields[name], value)


def _write(target: struct_pb2.Value, value: Any) -> None:
    if isinstance(value, str):
        target.string_value = value
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, (int, float)):
        target.number_value = value
    elif isinstance(value, Mapping):
        target.struct_value.SetInParent()
        _write_fields(target.struct_value, value)
    elif isinstance(value, (list, tuple)):
        target.list_value.SetInParent()
        for item in value:
            _write(target.list_value.values.add(), item)
    elif isinstance(value, Secret):
        _write_fields(target.struct_value, {SIGNATURE: SECRET, "value": value.value})
    elif isinstance(value, Unknown):
        target.string_value = UNKNOWN_MARK
    else:
        target.null_value = struct_pb2.NULL_VALUE


def bare(value: Any) -> Any:
    """A copy of `value` with every Secret replaced by what it holds."""
    if isinstance(value, Secret):
        return bare(value.value)
    if isinstance(value, dict):
        return {name: bare(item) for name, item in value.items()}
    if isinstance(value, list):
        return [bare(item) for item in value]
    return value


def has_secret(value: Any) -> bool:
    """Whether a Secret is anywhere inside `value`."""
    if isinstance(value, dict):
        return any(map(has_secret, value.values()))
    return any(map(has_secret, value)) if isinstance(value, list) else isinstance(value, Secret)


def has_unknown(value: Any) -> bool:
    """Whether an unknown value is anywhere inside `value`, secrets included."""
    if isinstance(value, Secret):
        return has_unknown(value.value)
    if isinstance(value, dict):
        return any(map(has_unknown, value.values()))
    return any(map(has_unknown, value)) if isinstance(value, list) else isinstance(value, Unknown)
