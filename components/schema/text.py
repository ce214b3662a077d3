"""The text of an SQL file, the same whatever editor or checkout wrote it."""

import hashlib

from components.settings.mistakes import Mistake


def place(text: str, offset: int) -> str:
    """Where the character at `offset` stands, as editors count: from 1."""
    before = text[:offset]
    return f"line {before.count(chr(10)) + 1}, column {offset - before.rfind(chr(10))}"


def decoded(file: str, content: bytes) -> str | Mistake:
    """`content` as text: without a byte order mark, with newlines only, and one at its end; so a checkout on Windows
    has the checksums of all others. A Mistake where it is no UTF-8, or holds a byte that no text of PostgreSQL has."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"the byte 0x{content[error.start]:02x}, number {error.start + 1} of the file"
        return Mistake(file, "", found, "UTF-8, as the database's encoding", "save the file as UTF-8")
    if (at := text.find("\0")) >= 0:
        return Mistake(file, place(text, at), "a zero byte", "UTF-8 without it", "save the file as UTF-8, not UTF-16")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines if not lines or lines.endswith("\n") else lines + "\n"


def digest(text: str) -> str:
    """SHA-256 in hexadecimal digits, by which the ledger knows a text again."""
    return hashlib.sha256(text.encode()).hexdigest()
