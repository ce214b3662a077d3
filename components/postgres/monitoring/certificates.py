"""Alerts on certificates that cert-manager renews. Of those that the engine makes nothing tells Prometheus when they
end: neither PostgreSQL, nor Patroni, nor etcd shows its certificate's time as a metric."""

from collections.abc import Iterable

from components.observability import Rule
from components.settings.certificates import Certificates

_SECONDS = 4 * 3600
"""For each day of validity, a sixth: cert-manager renews in the last third, so half of that went by in vain."""


def certificates(namespace: str, names: Iterable[str], settings: Certificates | None) -> list[Rule]:
    """Whether each of the Certificates `names` was renewed; none where no issuer of cert-manager does it."""
    if settings is None or settings.issuer is None:
        return []
    own = f'{{namespace="{namespace}",name=~"{"|".join(names)}"}}'
    left = f"min by (namespace, name) (certmanager_certificate_expiration_timestamp_seconds{own} - time())"
    summary = "The certificate {{ $labels.name }} ends in {{ $value | humanizeDuration }}."
    expression = f"{left} < {settings.days * _SECONDS}"
    return [Rule("PostgresCertificateEnds", expression, "15m", "critical", summary)]
