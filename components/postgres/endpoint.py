"""Endpoint: where the clients of a database find it, whatever answers there."""

from dataclasses import dataclass

from components.connection import Authority
from components.manifest import Reference


@dataclass(frozen=True)
class Endpoint:
    """`peers` are the labels of the pods behind `host`; at `ready`, there is somebody who answers.

    `reads`: host and port where standbys answer, None without any. `authority`: who signed the server's certificate,
    where clients check it.
    """

    host: str
    port: int
    sslmode: str
    peers: dict[str, str]
    ready: Reference
    reads: tuple[str, int] | None = None
    authority: Authority | None = None
