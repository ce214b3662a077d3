"""The types of the package: what each one takes, gives out, and keeps secret."""

from collections.abc import Callable
from typing import Any

from devcluster.plugins.protocol.made import Complaint, Kind, Properties
from devcluster.plugins.protocol.values import Secret, has_unknown
from devcluster.plugins.random import generate


def _password(inputs: Properties) -> Properties:
    result = generate.text(inputs)
    hashed = generate.bcrypt(result)
    return {"result": Secret(result), **({"bcryptHash": Secret(hashed)} if hashed else {})}


def _string(inputs: Properties) -> Properties:
    return {"result": generate.text(inputs)}


def _bytes(inputs: Properties) -> Properties:
    return {name: Secret(value) for name, value in generate.octets(inputs).items()}


def _uuid(_: Properties) -> Properties:
    return {"result": generate.new_uuid()}


def _none(_: Properties) -> str:
    return "none"


def _numeric(inputs: Properties) -> Properties:
    """`number` is the old name of `numeric`."""
    numeric = inputs.get("numeric", inputs.get("number", True))
    return {**inputs, "numeric": numeric, "number": numeric}


def _of_text(inputs: Properties) -> Complaint | None:
    return None if has_unknown(inputs) else generate.complaint(inputs)


def _at_least_one(name: str) -> Callable[[Properties], Complaint | None]:
    def complain(inputs: Properties) -> Complaint | None:
        given = inputs.get(name)
        if has_unknown(inputs) or (isinstance(given, int) and not isinstance(given, bool) and given >= 1):
            return None
        return name, f"{name} is {given!r}; a whole number of at least 1 is needed"

    return complain


_TEXT: dict[str, Any] = {
    "defaults": {name: value for name, value in generate.TEXT_DEFAULTS.items() if name != "numeric"},
    "fill": _numeric,
    "complain": _of_text,
}

KINDS = {
    "random:index/randomPassword:RandomPassword": Kind(_password, ("result", "bcryptHash"), _none, **_TEXT),
    "random:index/randomString:RandomString": Kind(_string, ("result",), lambda outputs: outputs["result"], **_TEXT),
    "random:index/randomId:RandomId": Kind(
        generate.identifier,
        ("b64Std", "b64Url", "hex", "dec"),
        lambda outputs: outputs["b64Url"].removeprefix(outputs.get("prefix", "")),
        complain=_at_least_one("byteLength"),
    ),
    "random:index/randomBytes:RandomBytes": Kind(_bytes, ("base64", "hex"), _none, complain=_at_least_one("length")),
    "random:index/randomUuid:RandomUuid": Kind(_uuid, ("result",), lambda outputs: outputs["result"]),
}
