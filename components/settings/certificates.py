"""Where certificates come from, and how long they live."""

from typing import Literal

from pydantic import Field

from components.settings.words import ObjectName, Section


class Issuer(Section):
    """The issuer of cert-manager that signs the certificates; it must be able to sign for names in the cluster."""

    name: ObjectName
    kind: Literal["Issuer", "ClusterIssuer"] = "Issuer"


class Certificates(Section):
    """TLS between all parts: made by the program, and renewed by `pulumi up` in the last third of `days`; or by
    cert-manager, where `issuer` is given, and renewed by it."""

    days: int = Field(default=365, ge=30, le=825)
    issuer: Issuer | None = None
