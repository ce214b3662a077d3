"""What is applied as a whole or not at all: a file, or a changeset of one."""

from dataclasses import dataclass

from components.schema.text import digest
from components.settings.mistakes import Mistake

LEDGER_PREFIX = "schema/"
"""Before the names of units in the ledger, whose other entries are the migrations of apps: those have no slash."""


@dataclass(frozen=True)
class Unit:
    """`name`: by which ledger and log know it. `file`: where it stands, from the folder on, and `line` from which line
    on. `text`: the SQL as the digest sees it. `repeatable`: it runs again when it changes. `transaction`: it runs in
    one; else each of its statements for itself."""

    name: str
    file: str
    text: str
    line: int = 1
    repeatable: bool = False
    transaction: bool = True

    @property
    def digest(self) -> str:
        return digest(self.text)

    @property
    def key(self) -> str:
        """The name of its file in the Job: safe in a shell, in SQL and as a ConfigMap's key."""
        return self.file if self.line == 1 else f"{self.file}.line-{self.line}"

    @property
    def script(self) -> str:
        """`text` with the lines before it left blank, so that psql tells the lines of the file itself."""
        return "\n" * (self.line - 1) + self.text


@dataclass(frozen=True)
class Read:
    """What a folder holds: its units in the order in which they are applied, and what is wrong with their names."""

    units: tuple[Unit, ...]
    mistakes: tuple[Mistake, ...]
