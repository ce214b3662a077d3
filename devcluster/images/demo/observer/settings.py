"""What the app is told by its environment. Every mistake is found before anything starts, and all at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REQUIRED = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD", "KIS_APP_KEY", "KIS_APP_SECRET")
FOR_MIGRATION = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD")
_RUNTIME = "/opt/platform/runtime/observer"
_DIRECTORIES = {
    "OBSERVER_LOG_DIR": "logs",
    "OBSERVER_SYSTEM_LOG_DIR": "logs/system",
    "OBSERVER_MAINTENANCE_LOG_DIR": "logs/maintenance",
    "OBSERVER_DATA_DIR": "data",
    "KIS_TOKEN_CACHE_DIR": "data/cache",
    "OBSERVER_SNAPSHOT_DIR": "universe",
}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class BadEnvironment(Exception):
    """The environment lacks variables or has impossible ones. The text names all of them, and no value of a secret."""


@dataclass(frozen=True)
class Login:
    """Where the database is and who this process is there."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """All that the app reads from its environment. `directories` are those it writes to, by their variable."""

    login: Login
    port: int
    pod: str
    log_level: str
    log_json: bool
    config_file: Path
    directories: Mapping[str, Path]


def settings(environment: Mapping[str, str]) -> Settings:
    """The settings in `environment`. Raises BadEnvironment with one sentence that lists every mistake."""
    mistakes = _missing(environment, REQUIRED)
    database_port = _port(environment, "DB_PORT", 5432, mistakes)
    port = _port(environment, "SERVICE_PORT", 8000, mistakes)
    level = (environment.get("LOG_LEVEL") or "INFO").upper()
    if level not in _LEVELS:
        mistakes.append(f"LOG_LEVEL is {level!r}, not one of {', '.join(_LEVELS)}")
    _refuse(mistakes)
    return Settings(
        login=_login(environment, database_port),
        port=port,
        pod=environment.get("POD_NAME") or "no-pod",
        log_level=level,
        log_json=environment.get("LOG_FORMAT") == "json",
        config_file=Path(environment.get("OBSERVER_CONFIG_DIR") or f"{_RUNTIME}/config") / "observer.yaml",
        directories={
            name: Path(environment.get(name) or f"{_RUNTIME}/{below}") for name, below in _DIRECTORIES.items()
        },
    )


def login(environment: Mapping[str, str]) -> Login:
    """Only what a migration needs. Raises BadEnvironment as `settings` does."""
    mistakes = _missing(environment, FOR_MIGRATION)
    port = _port(environment, "DB_PORT", 5432, mistakes)
    _refuse(mistakes)
    return _login(environment, port)


def _login(environment: Mapping[str, str], port: int) -> Login:
    host, database, user, password = (environment[f"DB_{name}"] for name in ("HOST", "NAME", "USER", "PASSWORD"))
    return Login(host, port, database, user, password)


def _missing(environment: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    return [f"{name} is not set" for name in names if not environment.get(name)]


def _port(environment: Mapping[str, str], name: str, default: int, mistakes: list[str]) -> int:
    text = environment.get(name) or str(default)
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    mistakes.append(f"{name} is {text!r}, not a port from 1 to 65535")
    return default


def _refuse(mistakes: list[str]) -> None:
    if mistakes:
        raise BadEnvironment(f"the environment is not complete: {'; '.join(mistakes)}.")
