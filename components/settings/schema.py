"""The `schema` section of a database: a folder of ordered SQL files, each applied once, as the owner role."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from components.images import known_user
from components.schema import check
from components.settings.configuration import ROOT
from components.settings.extensions import CONTRIB, refuse_lacking
from components.settings.mistakes import Misplaced, Mistake, nearest
from components.settings.section import Section
from components.settings.shared import Shared

LIBRARIES = "shared_preload_libraries"

_PRELOADED = {"pg_cron", "pg_stat_statements", "pgaudit", "timescaledb"}
"""Extensions that do nothing unless the server loaded their library at its start, as their documentation says."""


@dataclass(frozen=True)
class Folder:
    """A folder of the repository, by its path from the root, and what is in it: (name, content) by name."""

    path: str
    files: tuple[tuple[str, bytes], ...]


def _folder(value: Any, info: ValidationInfo) -> Folder:
    root: Path = (info.context or {}).get("root", ROOT)
    if not isinstance(value, str) or not value:
        raise ValueError("allowed: a folder of the repository, such as sql/shop")
    place = (root / value).resolve()
    if Path(value).is_absolute() or not place.is_relative_to(root.resolve()) or place == root.resolve():
        raise ValueError("allowed: a folder below the repository's root, by its path from there")
    if not place.is_dir():
        siblings = [str(path.relative_to(root)) for path in root.glob("*/*/") if not path.name.startswith((".", "_"))]
        near = nearest(value, siblings)
        raise ValueError(f"allowed: a folder that is there; {near}" if near else "allowed: a folder that is there")
    entries = sorted(path for path in place.iterdir() if not path.name.startswith("."))
    if below := [path.name for path in entries if not path.is_file()]:
        raise ValueError(f"allowed: a folder with files only; found {', '.join(below)}")
    return Folder(value.rstrip("/"), tuple((path.name, path.read_bytes()) for path in entries))


def _extension(name: str) -> str:
    if not name or len(name) > 63 or not all(c.isascii() and (c.islower() or c.isdigit() or c in "_-") for c in name):
        raise ValueError("allowed: an extension's name in lower-case letters, digits, `_` and `-`")
    return name


class Schema(Section):
    """What the database holds. `extensions` are made by the superuser before the first file.

    `lock_seconds`: how long a statement waits for the lock of a table that is in use, before all of its file is undone
    and tried again. `deadline_seconds` and `retries` are the Job's, for all files together.
    """

    folder: Annotated[Folder, BeforeValidator(_folder)]
    layout: Literal["plain", "flyway", "liquibase"] = "plain"
    extensions: list[Annotated[str, AfterValidator(_extension)]] = []
    lock_seconds: int = Field(default=30, ge=1, le=3600)
    deadline_seconds: int = Field(default=600, ge=10, le=86400)
    retries: int = Field(default=2, ge=0, le=10)


def mistakes_in(schema: Schema | None, version: int) -> list[Mistake]:
    """What is wrong in the files of `schema`, for a database of PostgreSQL `version`."""
    if schema is None:
        return []
    folder = schema.folder
    return check.mistakes(folder.path, schema.layout, dict(folder.files), schema.extensions, version)


def check_schema(
    topology: str, schema: Schema | None, parameters: Mapping[str, str], image: str, shared: Shared
) -> None:
    """Raise ValueError where `schema` does not fit the database it is of, whose server is `image` or of `shared`."""
    if schema is None:
        return
    if topology == "external":
        raise ValueError(
            "allowed: no `schema` of an external database: an app's `migration` brings what it holds; found `schema`"
        )
    given = parameters.get(LIBRARIES)
    lacking = [] if given is None else [name for name in preloaded(schema) if name not in _listed(given)]
    if lacking:
        raise Misplaced(
            f"allowed: a {LIBRARIES} with {', '.join(lacking)}, which `schema.extensions` needs, or none, for then it "
            f"follows from them; found {given}",
            *("parameters", LIBRARIES),
        )
    try:
        if topology == "shared":
            refuse_lacking(schema.extensions, shared.extensions_there, image)
        elif topology == "standalone" and known_user(image) is not None:
            refuse_lacking(schema.extensions, CONTRIB, image)
    except ValueError as error:
        raise Misplaced(str(error), "schema", "extensions") from None


def _listed(libraries: str) -> list[str]:
    return [name.strip().strip('"') for name in libraries.split(",")]


def preloaded(schema: Schema | None) -> list[str]:
    """The libraries that the server must load at its start, for the extensions of `schema`."""
    return [name for name in schema.extensions if name in _PRELOADED] if schema else []
