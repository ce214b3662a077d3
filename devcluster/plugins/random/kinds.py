"""The types of the package: what each one takes, gives out, and keeps secret."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from devcluster.plugins.protocol.values import Secret
from devcluster.plugins.random import generate


@dataclass(frozen=True)
class Kind:
    """One type. `draw` makes its computed outputs from its inputs; `id` picks its id from all its outputs."""

    draw: Callable[[dict[str, Any]], dict[str, Any]]
    computed: tuple[str, ...]
    id: Callable[[dict[str, Any]], str]
    defaults: dict[str, Any] = field(default_factory=dict)
    required: str | None = None
    is_text: bool = False

    def fill(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """`inputs` with what is not said filled in. `number` is the old name of `numeric`."""
        filled = {**self.defaults, **inputs}
        if self.is_text:
            filled["numeric"] = inputs.get("numeric", inputs.get("number", True))
            filled["number"] = filled["numeric"]
        return filled

    def complaint(self, inputs: dict[str, Any]) -> tuple[str, str] | None:
        """What is wrong with filled `inputs`, as (property, sentence), or None."""
        if self.is_text:
            return generate.complaint(inputs)
        if self.required:
            given = inputs.get(self.required)
            if not isinstance(given, int) or isinstance(given, bool) or given < 1:
                return self.required, f"{self.required} is {given!r}; a whole number of at least 1 is needed"
        return None


def _password(inputs: dict[str, Any]) -> dict[str, Any]:
    result = generate.text(inputs)
    hashed = generate.bcrypt(result)
    return {"result": Secret(result), **({"bcryptHash": Secret(hashed)} if hashed else {})}


def _string(inputs: dict[str, Any]) -> dict[str, Any]:
    return {"result": generate.text(inputs)}


def _bytes(inputs: dict[str, Any]) -> dict[str, Any]:
    return {name: Secret(value) for name, value in generate.octets(inputs).items()}


def _uuid(_: dict[str, Any]) -> dict[str, Any]:
    return {"result": generate.new_uuid()}


def _none(_: dict[str, Any]) -> str:
    return "none"


KINDS = {
    "random:index/randomPassword:RandomPassword": Kind(
        _password, ("result", "bcryptHash"), _none, generate.TEXT_DEFAULTS, "length", is_text=True
    ),
    "random:index/randomString:RandomString": Kind(
        _string, ("result",), lambda outputs: outputs["result"], generate.TEXT_DEFAULTS, "length", is_text=True
    ),
    "random:index/randomId:RandomId": Kind(
        generate.identifier,
        ("b64Std", "b64Url", "hex", "dec"),
        lambda outputs: outputs["b64Url"].removeprefix(outputs.get("prefix", "")),
        required="byteLength",
    ),
    "random:index/randomBytes:RandomBytes": Kind(_bytes, ("base64", "hex"), _none, required="length"),
    "random:index/randomUuid:RandomUuid": Kind(_uuid, ("result",), lambda outputs: outputs["result"]),
}
