"""Where secret values come from."""

import base64
import binascii
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from components.settings.section import Section, exactly_one, rule
from components.settings.words import ConfigKey, FileName, ObjectName

OF_OPERATORS = ("infisical", "external", "sealed")
"""The sources that an operator in the cluster turns into a Secret; each needs its section of `sources`."""


def _folder(path: str) -> str:
    if not re.fullmatch(r"/|(/[-_.A-Za-z0-9]+)+", path):
        raise ValueError("allowed: a folder from the root, `/a/b`, without a slash at its end")
    return path


_SMALLEST_KEY, _TAG = 128, 16
"""Bytes: RSA keys of 1024 bits and AES-GCM's tag, below which no sealed value is (sealed-secrets, pkg/crypto)."""


def _sealed(text: str) -> str:
    # Two bytes with the length of the session key, that key, then the value (sealed-secrets, pkg/crypto/crypto.go).
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    key = int.from_bytes(content[:2])
    if key < _SMALLEST_KEY or len(content) < 2 + key + _TAG:
        raise ValueError(
            "allowed: what `kubeseal --raw` prints, base64 that begins with Ag; found a text that it does not print "
            "(not repeated here: it may be the secret itself)"
        )
    return text


class KeyOfSecret(Section):
    """One key of a Secret that somebody else keeps in the stack's namespace."""

    name: ObjectName
    key: FileName


class InInfisical(Section):
    """One secret of a folder of Infisical; project and environment are those of `sources.infisical`."""

    path: Annotated[str, AfterValidator(_folder)] = "/"
    key: str = Field(min_length=1)


class InStore(Section):
    """One value of the store of `sources.external`: a key, and a property of it where it has several."""

    key: str = Field(min_length=1)
    property: str | None = Field(default=None, min_length=1)


class SecretSource(Section):
    """Where a secret value comes from. Its key is known when the plan is made, its value is not."""

    generate: int | None = Field(default=None, ge=32, le=256)
    config: ConfigKey | None = None
    secret: KeyOfSecret | None = None
    infisical: InInfisical | None = None
    external: InStore | None = None
    sealed: Annotated[str, AfterValidator(_sealed)] | None = None

    @rule
    def _one(self) -> None:
        exactly_one(self, "config", "external", "generate", "infisical", "sealed", "secret")


class PullSecret(Section):
    """Credentials of an image registry: an imagePullSecret."""

    registry: str
    username: str
    password: SecretSource
