"""The files that the Observer keeps on its volumes, written where it writes them."""

import json
import logging
import os
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

_log = logging.getLogger("observer.files")


def make(directories: Mapping[str, Path]) -> None:
    """Make what is missing below the mounts; what can't be made is left to `problems` to say."""
    for path in directories.values():
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue


def problems(directories: Mapping[str, Path], pod: str) -> list[str]:
    """In words, each directory that can't be written to right now; tried by writing."""
    found = []
    for variable, path in directories.items():
        trial = path / f".ready-{pod}-{secrets.token_hex(4)}"
        try:
            trial.write_text("x")
            trial.unlink()
        except OSError as error:
            found.append(f"{variable} {path} can't be written: {error.strerror}")
    return found


def append(directories: Mapping[str, Path], pod: str, row: Mapping[str, Any]) -> None:
    """One line of JSON to today's data file of this pod. A file that can't be written is logged, not raised."""
    path = directories["OBSERVER_DATA_DIR"] / "assets" / "scalp" / f"{_today()}_{pod}.jsonl"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    except OSError as error:
        _log.error("%s can't be written: %s", path, error.strerror)


def write_state(directories: Mapping[str, Path], markets: list[str]) -> None:
    """The token cache (a made-up token) and today's snapshot of the universe, each whole or not at all."""
    token = {"token": secrets.token_hex(16), "issued_at": datetime.now().astimezone().isoformat()}
    _replace(directories["KIS_TOKEN_CACHE_DIR"] / "token_cache.json", token)
    for market in markets:
        symbols = {"market": market, "symbols": ["005930", "000660"]}
        _replace(directories["OBSERVER_SNAPSHOT_DIR"] / f"{_today()}_{market}.json", symbols)


def _replace(path: Path, content: Mapping[str, Any]) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(content))
        partial.replace(path)
    except OSError as error:
        _log.error("%s can't be written: %s", path, error.strerror)


def _today() -> str:
    return datetime.now().astimezone().strftime("%Y%m%d")
