"""Mutants that break nothing by what the field is, whatever the rest of the set says."""

import re
from collections.abc import Callable

from tests.contracts.mutation.breaks import Mutant
from tests.contracts.mutation.facts import Facts, place_is_below

_FIXED = frozenset(
    "apiVersion kind protocol type policyTypes imagePullPolicy restartPolicy drop pathType fsGroupChangePolicy "
    "accessModes medium fieldPath clusterIP pod-security.kubernetes.io/enforce".split()
)
_DEMANDED = re.compile(
    r"""^(?:apiVersion|kind|metadata|metadata\.name)$ | ^spec\.template(?:\.spec(?:\.containers)?)?$ |
    ontainers\[\]\.(?:name|image)$ | (?:Ref|Secrets\[\])(?:\.(?:name|key|fieldPath))?$ | env\[\]\.name$ |
    volumeMounts\[\]\.(?:name|mountPath)$ | ports\[\]\.(?:containerPort)$ |
    Probe\.(?:exec|httpGet)(?:\.(?:command|port))?$ |
    volumes\[\]\.(?:name|(?:configMap|secret|persistentVolumeClaim|emptyDir)(?:\.(?:name|secretName|claimName))?)$ |
    \.(?:backend|service|port|paths|pathType|http|topologyKey)(?:\.name)?$ | \.ipBlock(?:\.cidr)?$""",
    re.VERBOSE,
)
"""Fields without which the API server refuses an object, by pkg/apis/*/validation, which goes beyond the schema."""
_BY_KIND = {
    "PersistentVolumeClaim": re.compile(
        r"^spec(?:\.accessModes|\.resources(?:\.requests(?:\.storage)?)?)?$|accessModes\[\]$"
    ),
    "Service": re.compile(r"^spec(?:\.ports(?:\[\](?:\.port)?)?)?$"),
    "Deployment": re.compile(r"^spec(?:\.selector(?:\.matchLabels)?)?$"),
    "StatefulSet": re.compile(r"^spec(?:\.selector(?:\.matchLabels)?)?$"),
    "Job": re.compile(r"^spec(?:\.template\.spec\.restartPolicy)?$"),
    "Ingress": re.compile(r"^spec$|secretName$"),
    "ServiceMonitor": re.compile(r"^spec(?:\.selector|\.endpoints)?$"),
    "PrometheusRule": re.compile(r"groups|^spec$"),
}
_DEFAULTS = frozenset(
    "imagePullPolicy strategy rollingUpdate fsGroupChangePolicy clusterIP serviceName medium "
    "serviceAccountName pathType".split()
)
"""serviceAccountName: `default` is in every namespace; clusterIP, serviceName: nobody here asks for a pod by name."""


def demanded(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    by_kind = _BY_KIND.get(place.kind)
    if mutant.way != "gone" or place.in_free_map:
        return False
    return bool(_DEMANDED.search(place.shape) or (by_kind and by_kind.search(place.shape)))


def default(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    if mutant.way != "gone" or place.in_free_map:
        return False
    if place.last == "targetPort":
        ports = [p for p in ("postgresql", "http") if p == place.value]
        return bool(ports) and place.parent["port"] == 5432
    if place.last == "path" and "httpGet" in place.steps:
        return place.value == "/"
    if place.last in {"type", "protocol"}:
        own = place.kind in {"Secret", "Service"} and not str(place.value).startswith("kubernetes.io/docker")
        return own or "strategy" in place.steps
    return place.last in _DEFAULTS


def group(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    claims = "persistentVolumeClaim" in str(place.body)
    return place.last == "runAsGroup" or (place.last == "fsGroup" and (mutant.way == "changed" or not claims))


def own_user(mutant: Mutant, _: Facts) -> bool:
    return mutant.place.last == "runAsUser" and mutant.place.kind != "StatefulSet"


def read_only_anyway(mutant: Mutant, _: Facts) -> bool:
    return mutant.place.last == "readOnly" and "volumeMounts" in mutant.place.steps


def token_twice(mutant: Mutant, _: Facts) -> bool:
    """Pod and ServiceAccount both say that there is no token; the pod's word counts."""
    place = mutant.place
    if place.last != "automountServiceAccountToken":
        return False
    return place.kind == "ServiceAccount" or mutant.way == "gone"


def same_key_for_all(mutant: Mutant, _: Facts) -> bool:
    return (
        mutant.way == "changed"
        and mutant.place.kind == "Secret"
        and str(mutant.place.last) in {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
    )


def emptied(mutant: Mutant, _: Facts) -> bool:
    return mutant.way == "gone" and mutant.place.last in {"data", "stringData"} and mutant.place.kind == "ConfigMap"


def of_the_world(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    if place.kind == "Ingress":
        return (
            place_is_below(place, "tls", "ingressClassName")
            or place.last in {"rules", "host", "paths"}
            or (isinstance(place.last, int) and mutant.way == "gone")
        )
    return place.kind in {"PrometheusRule", "LimitRange"} or place_is_below(place, "storageClassName", "nodeSelector")


def selects_more(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    monitor = place.kind == "ServiceMonitor" and mutant.way == "gone"
    return monitor and (place.last == "matchLabels" or "matchLabels" in place.steps or isinstance(place.last, int))


def others_labels(mutant: Mutant, _: Facts) -> bool:
    return "namespaceSelector" in str(mutant.place.body) and mutant.way == "renamed" and "to" in mutant.place.steps


def guard_gone(mutant: Mutant, _: Facts) -> bool:
    last = str(mutant.place.last)
    if last == "automountServiceAccountToken":
        return mutant.way == "changed"
    whole = mutant.place.kind in {"StatefulSet", "Deployment", "Job"} and mutant.place.shape.endswith("ontainers[]")
    return mutant.way != "changed" and (
        last.endswith("Probe") or last.startswith("pod-security") or whole or last == "initContainers"
    )


def at(*steps: str) -> Callable[[Mutant, Facts], bool]:
    return lambda mutant, _: place_is_below(mutant.place, *steps)


def answered(mutant: Mutant, _: Facts) -> bool:
    """A path that only the program knows; the one for readiness its pods declare."""
    return mutant.place.last == "path" and "readinessProbe" not in mutant.place.steps


def text(mutant: Mutant, _: Facts) -> bool:
    return isinstance(mutant.place.value, str) and "\n" in mutant.place.value and mutant.way == "changed"


def annotation(mutant: Mutant, _: Facts) -> bool:
    steps = mutant.place.steps
    return "annotations" in steps and not str(mutant.place.last).startswith("contracts.")


def declaration_gone(mutant: Mutant, _: Facts) -> bool:
    return str(mutant.place.last).startswith("contracts.") and mutant.way != "changed"


def fixed_word(mutant: Mutant, _: Facts) -> bool:
    """One of the fixed words of the API became another."""
    return mutant.way == "changed" and bool({mutant.place.last, *mutant.place.steps[-2:-1]} & _FIXED)
