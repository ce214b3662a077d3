"""Who may talk to an app, whom it may talk to, and how it is shown to the world and to Prometheus."""

import ipaddress
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from components.settings.section import Section, rule
from components.settings.words import HttpPath, Label, LabelKey, Labels, ObjectName


def _cidr(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(f"allowed: a network such as 10.0.0.0/8 or 0.0.0.0/0 ({error})") from error
    return text


def _duration(text: str) -> str:
    if not re.fullmatch(r"(\d+(ms|s|m|h|d))+", text):
        raise ValueError("allowed: a duration such as 30s or 5m")
    return text


def _within(inner: str, outer: str) -> bool:
    """Whether one network is part of another and not all of it, as a NetworkPolicy's `except` must be."""
    small, large = ipaddress.ip_network(inner), ipaddress.ip_network(outer)
    return small != large and small.version == large.version and small.subnet_of(large)  # type: ignore[arg-type]


def _host(text: str) -> str:
    if len(text) > 253 or not re.fullmatch(r"(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}", text):
        raise ValueError("allowed: a DNS name such as observer.example.org, in lower case")
    return text


Cidr = Annotated[str, AfterValidator(_cidr)]
Port = Annotated[int, Field(ge=1, le=65535)]
Duration = Annotated[str, AfterValidator(_duration)]


class Peer(Section):
    """The other end: a network, or pods of a namespace (this one where none is named)."""

    cidr: Cidr | None = None
    but_not: list[Cidr] = []
    namespace: Label | None = None
    pods: Labels = {}

    @rule
    def _network_or_pods(self) -> None:
        if self.cidr is not None and (self.namespace is not None or self.pods):
            raise ValueError("allowed: `cidr`, or `namespace` and `pods`; a peer can't be both")
        if self.cidr is None and self.namespace is None and not self.pods:
            raise ValueError("allowed: one of cidr, namespace, pods; an empty peer would be everybody")
        if self.but_not and self.cidr is None:
            raise ValueError("allowed: `butNot` together with `cidr`")
        outside = [text for text in self.but_not if not _within(text, self.cidr or "")]
        if outside:
            raise ValueError(f"allowed: `butNot` networks inside {self.cidr}; found {', '.join(outside)}")


class AllowTo(Peer):
    """Traffic out of the app."""

    ports: list[Port] = Field(min_length=1)


class AllowFrom(Peer):
    """Traffic to the app's port."""


class Expose(Section):
    """An Ingress; absent unless the stack gives one (rule 12 in spirit: a cluster may lack a controller)."""

    host: Annotated[str, AfterValidator(_host)]
    class_name: ObjectName | None = None
    tls_secret: ObjectName | None = None
    annotations: dict[LabelKey, str] = {}


class Alert(Section):
    """One rule of a PrometheusRule."""

    expression: str
    holds_for: Duration = "5m"
    severity: Literal["info", "warning", "critical"] = "warning"
    summary: str


class Monitoring(Section):
    """A ServiceMonitor and, with alerts, a PrometheusRule; their CRDs must be in the cluster (rule 12)."""

    path: HttpPath = "/metrics"
    interval: Duration = "30s"
    labels: Labels = {}
    alerts: dict[str, Alert] = {}
