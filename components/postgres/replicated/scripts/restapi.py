"""The members' REST API, and the certificates that they show."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import https
from .https import Refused
from .member import Member


class RestApi:
    """With the certificate in `certificates`; `port` is PostgreSQL's, where its own certificate is looked at."""

    def __init__(self, certificates: Path, port: int) -> None:
        self.certificates, self.port = certificates, port

    def look(self, url: str) -> Member:
        tls, outdated = https.context(self.certificates), self._outdated(url)
        try:
            status = json.loads(https.request(tls, "GET", f"{url}/patroni")[1])
            code, text = https.request(tls, "GET", f"{url}/config")
            return Member(url, status, json.loads(text) if code == 200 else None, outdated)
        except (OSError, ValueError) as error:
            return Member(url, {}, None, outdated, str(error))

    def _outdated(self, url: str) -> tuple[str, ...]:
        """What shows another certificate than the file's; what shows none is not there yet, or down."""
        tls, parts = https.context(self.certificates, verify=False), urlsplit(url)
        listeners = {"Patroni": (parts.port or 443, False), "PostgreSQL": (self.port, True)}
        found: list[str] = []
        for name, (port, postgresql) in listeners.items():
            try:
                if https.shown(tls, str(parts.hostname), port, postgresql=postgresql) != self._own():
                    found.append(name)
            except OSError:
                continue
        return tuple(found)

    def _own(self) -> bytes:
        return https.in_file(self.certificates / "tls.crt")

    def send(
        self,
        method: str,
        url: str,
        document: dict[str, Any] | None = None,
        *,
        verify: bool = True,
        seconds: float = https.PATIENCE,
    ) -> str:
        tls = https.context(self.certificates, verify=verify)
        body = None if document is None else json.dumps(document)
        code, text = https.request(tls, method, url, body, seconds=seconds)
        if text.startswith("<"):  # a page without words of Patroni's own
            text = ""
        # 409: somebody else wrote the configuration meanwhile. 5xx: etcd is away, or a restart is on its way already.
        if code == 409 or code >= 500:
            raise ConnectionError(f"{method} {urlsplit(url).path}: {code} {text}")
        if code >= 400:
            raise Refused(f"{method} {url} is refused with {code}: {text}")
        return text
