"""A marker becomes a value: a password that is made once, a secret of the configuration, a certificate, a text of them.

Nothing of it is known before the engine says so; until then each value is an Output.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pulumi
import pulumi_random as random

from components.issuing import Issuing, Options
from components.manifest import Configured, Existing, Fingerprint, Generated, Issued, Secret, Text
from components.reading import Reading
from components.settings.configuration import configured_secret

FINGERPRINT_KEY = Generated("fingerprint-key", 64)


class Values:
    """One run of the program: the passwords and certificates that were made so far."""

    def __init__(self, options: Options, reading: Reading) -> None:
        self._options = options
        self._reading = reading
        self._random = random.Provider("random")
        self._secrets: dict[Generated | Configured, pulumi.Output[str]] = {}
        self._issuing = Issuing(options)

    def resolved(self, value: Any) -> Any:
        """`value` with each marker in it, at any depth, replaced by its Output."""
        match value:
            case Generated() | Configured():
                return self._secret(value)
            case Existing():
                return self._reading.text(value)
            case Issued():
                return self._issuing.text(value)
            case Text(parts=parts, escape=escape):
                return self._joined(parts, escape)
            case Fingerprint(of=parts):
                return self._fingerprint(parts)
            case Mapping():
                return {key: self.resolved(item) for key, item in value.items()}
            case list() | tuple():
                return [self.resolved(item) for item in value]
        return value

    def _secret(self, secret: Generated | Configured) -> pulumi.Output[str]:
        if secret not in self._secrets:
            self._secrets[secret] = (
                configured_secret(secret.key) if isinstance(secret, Configured) else self._generated(secret)
            )
        return self._secrets[secret]

    def _generated(self, secret: Generated) -> pulumi.Output[str]:
        options = self._options(self._random, kept=secret.kept)
        made = random.RandomPassword(secret.name, length=secret.length, special=False, opts=options)
        return pulumi.Output.secret(made.result)

    def _joined(self, parts: Sequence[str | Secret], escape: str) -> pulumi.Output[str]:
        def join(values: Sequence[str]) -> str:
            written = zip(parts, values, strict=True)
            return "".join(v if isinstance(part, str) else _escaped(v, escape) for part, v in written)

        return pulumi.Output.all(*(self.resolved(part) for part in parts)).apply(join)

    def _fingerprint(self, parts: Sequence[Any]) -> pulumi.Output[str]:
        def keyed(values: Sequence[str]) -> str:
            key, *rest = values
            return hmac.new(key.encode(), "\0".join(rest).encode(), hashlib.sha256).hexdigest()

        # Keyed, so that a short configured secret can't be guessed from it; then it may stand in clear text.
        values = pulumi.Output.all(self._secret(FINGERPRINT_KEY), *(self.resolved(part) for part in parts))
        return pulumi.Output.unsecret(values.apply(keyed))


def _escaped(value: str, escape: str) -> str:
    if escape == "url":
        return quote(value, safe="")
    return json.dumps(value)[1:-1] if escape == "json" else value
