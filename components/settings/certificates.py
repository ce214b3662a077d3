"""Where certificates come from, and how long they live."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from components.settings.section import Section
from components.settings.words import ObjectName


class Issuer(Section):
    """The issuer of cert-manager that signs the certificates; it must be able to sign for names in the cluster."""

    name: ObjectName
    kind: Literal["Issuer", "ClusterIssuer"] = "Issuer"


class Certificates(Section):
    """TLS between all parts: made by the program, and renewed by `pulumi up` in the last third of `days`; or by
    cert-manager, where `issuer` is given, and renewed by it."""

    days: int = Field(default=365, ge=30, le=825)
    issuer: Issuer | None = None


LEAST_PROTOCOL = ("TLSv1.2", "TLSv1.3")
"""What `ssl_min_protocol_version` may be: older ones are forbidden (RFC 8996)."""

_FILES = frozenset({"ssl_cert_file", "ssl_key_file", "ssl_ca_file"})


def check_tls(topology: str, tls: Certificates | None, parameters: Mapping[str, str]) -> None:
    """Raise ValueError where `tls` says what another section of the topology decides, or parameters weaken it."""
    if tls is None:
        return
    if topology == "shared":
        raise ValueError("allowed: no `tls` where shared; CloudNativePG has certificates of its own, and asks for TLS")
    if topology == "replicated" and tls != Certificates():
        raise ValueError("allowed: `tls: {}` where replicated; its days and issuer are `replicated.certificates`")
    if decided := sorted(_FILES & set(parameters)):
        raise ValueError(f"allowed: no parameters for files that `tls` mounts; found {', '.join(decided)}")
    least = parameters.get("ssl_min_protocol_version", LEAST_PROTOCOL[0])
    if least not in LEAST_PROTOCOL:
        raise ValueError(f"allowed: ssl_min_protocol_version {' or '.join(LEAST_PROTOCOL)}; found {least}")
