"""How the values are drawn. Source of the rules: internal/random/string.go of hashicorp/terraform-provider-random,
which the official plugin wraps."""

import base64
import secrets
import string
import threading
import uuid
from typing import Any

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
CLASSES = (("upper", string.ascii_uppercase), ("lower", string.ascii_lowercase), ("numeric", string.digits))
TEXT_DEFAULTS: dict[str, Any] = {
    **{name: True for name in ("upper", "lower", "numeric", "special")},
    **{name: 0 for name in ("minUpper", "minLower", "minNumeric", "minSpecial")},
}
BCRYPT_COST = 10
BCRYPT_BYTES = 72
"""bcrypt reads no further; the official plugin cuts a longer password here too."""

_bcrypt_lock = threading.Lock()


def alphabets(inputs: dict[str, Any]) -> dict[str, str]:
    """The characters of each class that `inputs`, with TEXT_DEFAULTS filled in, allow."""
    allowed = {name: characters for name, characters in CLASSES if inputs[name]}
    if inputs["special"]:
        allowed["special"] = inputs.get("overrideSpecial") or SPECIAL
    return allowed


def complaint(inputs: dict[str, Any]) -> tuple[str, str] | None:
    """What is wrong with the inputs of a text, as (property, sentence), or None."""
    length = inputs.get("length")
    if not isinstance(length, int) or isinstance(length, bool) or length < 1:
        return "length", f"length is {length!r}; a whole number of at least 1 is needed"
    wanted = sum(inputs[f"min{name.capitalize()}"] for name in ("upper", "lower", "numeric", "special"))
    if length < wanted:
        return "length", f"length is {length}, but minUpper, minLower, minNumeric and minSpecial ask for {wanted}"
    if not alphabets(inputs):
        return "special", "upper, lower, numeric and special are all false; at least one class of characters is needed"
    return None


def text(inputs: dict[str, Any]) -> str:
    """A text of `inputs["length"]` characters with at least the asked number of each class, in random order."""
    allowed = alphabets(inputs)
    every = "".join(allowed.values())
    drawn = [
        secrets.choice(characters)
        for name, characters in allowed.items()
        for _ in range(inputs[f"min{name.capitalize()}"])
    ]
    drawn += [secrets.choice(every) for _ in range(inputs["length"] - len(drawn))]
    secrets.SystemRandom().shuffle(drawn)
    return "".join(drawn)


def bcrypt(password: str) -> str | None:
    """The bcrypt hash of `password` by the system's libcrypt, or None on a system without one."""
    import ctypes  # noqa: PLC0415  takes 10 ms, and most commands create no password

    salt = "".join(secrets.choice("./" + string.ascii_letters + string.digits) for _ in range(21)) + "."
    try:
        crypt = ctypes.CDLL("libcrypt.so.1").crypt
    except (OSError, AttributeError):
        return None
    crypt.restype = ctypes.c_char_p
    with _bcrypt_lock:  # crypt(3) keeps its result in one place for all threads.
        hashed = crypt(password.encode()[:BCRYPT_BYTES], f"$2a${BCRYPT_COST:02}${salt}".encode())
    return hashed.decode() if hashed and hashed.startswith(b"$2a$") else None


def identifier(inputs: dict[str, Any]) -> dict[str, Any]:
    """What RandomId gives out for `inputs["byteLength"]` bytes, behind `inputs["prefix"]`."""
    drawn = secrets.token_bytes(inputs["byteLength"])
    prefix = inputs.get("prefix", "")
    return {
        "b64Std": prefix + base64.b64encode(drawn).decode(),
        "b64Url": prefix + base64.urlsafe_b64encode(drawn).decode().rstrip("="),
        "hex": prefix + drawn.hex(),
        "dec": prefix + str(int.from_bytes(drawn, "big")),
    }


def octets(inputs: dict[str, Any]) -> dict[str, str]:
    """What RandomBytes gives out for `inputs["length"]` bytes."""
    drawn = secrets.token_bytes(inputs["length"])
    return {"base64": base64.b64encode(drawn).decode(), "hex": drawn.hex()}


def new_uuid() -> str:
    """A random UUID (version 4)."""
    return str(uuid.uuid4())
