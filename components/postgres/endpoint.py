"""Endpoint: where the clients of a database find it, whatever answers there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """`peers` are the labels of the pods behind `host`; `read_port` is where standbys answer, None without any."""

    host: str
    port: int
    sslmode: str
    peers: dict[str, str]
    read_port: int | None = None
