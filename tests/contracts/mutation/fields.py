"""Mutants that break nothing by what the field is, whatever the rest of the set says."""

import re
from collections.abc import Callable

from tests.contracts.mutation.breaks import Mutant
from tests.contracts.mutation.facts import Facts, place_is_below
from tests.contracts.mutation.operated import OPERATED, is_reference
from tests.contracts.mutation.through import PODS

_FIXED = frozenset(
    "apiVersion kind protocol type policyTypes imagePullPolicy restartPolicy drop pathType fsGroupChangePolicy "
    "accessModes medium fieldPath clusterIP method pod-security.kubernetes.io/enforce".split()
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
    "CronJob": re.compile(
        r"^spec(?:\.schedule|\.jobTemplate(?:\.spec(?:\.template(?:\.spec(?:\.containers|\.restartPolicy)?)?)?)?)?$"
    ),
    "Certificate": re.compile(r"^spec(?:\.secretName|\.issuerRef(?:\.name)?)?$"),
    "Ingress": re.compile(r"^spec$|secretName$"),
    "ServiceMonitor": re.compile(r"^spec(?:\.selector|\.endpoints)?$"),
    "PrometheusRule": re.compile(r"groups|^spec$"),
    "Cluster": re.compile(r"^spec$|[sS]ecret\.name$|plugins\[\]\.name$|roles\[\]\.name$"),
    "Database": re.compile(r"^spec(?:\.(?:name|owner|cluster(?:\.name)?))?$"),
    "DatabaseRole": re.compile(r"^spec(?:\.(?:name|cluster(?:\.name)?))?$|Secret\.name$"),
    "Pooler": re.compile(r"^spec(?:\.(?:pgbouncer|cluster(?:\.name)?))?$"),
    "ScheduledBackup": re.compile(r"^spec(?:\.(?:schedule|cluster(?:\.name)?))?$|pluginConfiguration\.name$"),
    "ObjectStore": re.compile(r"^spec(?:\.configuration(?:\.destinationPath)?)?$|\.(?:name|key)$"),
    "PodMonitor": re.compile(r"^spec(?:\.selector|\.podMetricsEndpoints)?$"),
}
_DEFAULTS = frozenset(
    "imagePullPolicy strategy rollingUpdate fsGroupChangePolicy clusterIP serviceName medium "
    "serviceAccountName pathType".split()
)
"""serviceAccountName: `default` is in every namespace; clusterIP, serviceName: nobody here asks for a pod by name."""


def demanded(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    by_kind = _BY_KIND.get(place.kind)
    if mutant.way == "gone" and place.steps[:-1] == ("spec", "selector", "matchLabels") and place.kind in PODS:
        return len(place.parent) == 1  # `empty selector is invalid for deployment`
    if mutant.way != "gone" or place.in_free_map:
        return False
    return bool(_DEMANDED.search(place.shape) or (by_kind and by_kind.search(place.shape)))


def default(mutant: Mutant, facts: Facts) -> bool:
    place = mutant.place
    if mutant.way != "gone" or place.in_free_map:
        return False
    if place.last == "targetPort":
        named = [p for p in facts.places if p.last == "containerPort" and p.parent.get("name") == place.value]
        return all(port.value == place.parent["port"] for port in named)
    if place.last == "path" and "httpGet" in place.steps:
        return place.value == "/"
    if place.last == "superuserSecret":
        return place.value["name"] == f"{place.name}-superuser"
    if place.last in {"type", "protocol"}:
        own = place.kind in {"Secret", "Service"} and not str(place.value).startswith("kubernetes.io/docker")
        return own or "strategy" in place.steps
    return place.last in _DEFAULTS


def group(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    needed = any(word in str(place.body) for word in ("persistentVolumeClaim", "volumeClaimTemplates", "defaultMode"))
    return place.last == "runAsGroup" or (place.last == "fsGroup" and (mutant.way == "changed" or not needed))


def own_user(mutant: Mutant, _: Facts) -> bool:
    official = any(word in str(mutant.place.body) for word in ("'image': 'postgres:", "/postgres:"))
    return mutant.place.last == "runAsUser" and not (official and mutant.place.kind == "StatefulSet")


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
    if place.kind == "Certificate":
        return place.steps[:1] == ("spec",) and place.last != "secretName"
    return place.kind in {"PrometheusRule", "LimitRange"} or place_is_below(place, "storageClassName", "nodeSelector")


def selects_more(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    monitor = place.kind in {"ServiceMonitor", "PodMonitor"} and mutant.way == "gone"
    return monitor and (place.last == "matchLabels" or "matchLabels" in place.steps or isinstance(place.last, int))


def others_labels(mutant: Mutant, _: Facts) -> bool:
    return "namespaceSelector" in str(mutant.place.body) and mutant.way == "renamed" and "to" in mutant.place.steps


def guard_gone(mutant: Mutant, _: Facts) -> bool:
    last = str(mutant.place.last)
    if last == "automountServiceAccountToken":
        return mutant.way == "changed"
    whole = mutant.place.kind in PODS and mutant.place.shape.endswith("ontainers[]")
    return mutant.way != "changed" and (
        last.endswith("Probe") or last.startswith("pod-security") or whole or last == "initContainers"
    )


def at(*steps: str) -> Callable[[Mutant, Facts], bool]:
    return lambda mutant, _: place_is_below(mutant.place, *steps)


def answered(mutant: Mutant, _: Facts) -> bool:
    """A path and a scheme that only the program knows; the path for readiness its pods may declare."""
    declared = "readinessProbe" in mutant.place.steps and "postgres-apps/ready" in str(mutant.place.body)
    return (mutant.place.last == "path" and not declared) or mutant.place.last == "scheme"


def more_files(mutant: Mutant, _: Facts) -> bool:
    """Without `items` all keys are mounted, and an empty list is none."""
    place = mutant.place
    items = place.last == "items" or (place.steps[-2:-1] == ("items",) and len(place.parent) == 1)
    return mutant.way == "gone" and items and "volumes" in place.steps


def made_of_a_template(mutant: Mutant, facts: Facts) -> bool:
    """A claim that its StatefulSet makes where it isn't there."""
    place = mutant.place
    templates = [
        f"{template['metadata']['name']}-{body['metadata']['name']}-"
        for body in facts.objects
        for template in body.get("spec", {}).get("volumeClaimTemplates", [])
        if body["kind"] == "StatefulSet"
    ]
    return place.kind == "PersistentVolumeClaim" and place.name.startswith(tuple(templates))


def apart(mutant: Mutant, _: Facts) -> bool:
    return "podAntiAffinity" in mutant.place.steps or (
        mutant.place.last == "affinity" and "podAntiAffinity" in mutant.place.value
    )


_ITS_OWN = frozenset(
    {"DEADLINE", "ETCDCTL_USER", "LOG_FORMAT", "MEMBERS", "PATRONI_ETCD3_PROTOCOL", "PGOPTIONS", "PORT", "TZ"}
)


_DOCSPELLS = re.compile(r"DOCSPELL_(?!.*JDBC).*|HOME")
"""Docspell's own settings, of which two programs have the same."""


_PGBACKREST = re.compile(r"(SOURCE_)?PGBACKREST_(?!.*(PATH|KEY|SECRET|FILE|CMD|ENDPOINT)).*|RECOVERED_FROM")
"""Its options, which stand in each place that it is run in; but for paths, keys and hosts."""


def of_the_program(mutant: Mutant, _: Facts) -> bool:
    """A value that only the program understands, under a variable that is called as nobody else's."""
    place = mutant.place
    name = place.parent.get("name") if place.last == "value" and "env" in place.steps else place.last
    theirs = (_DOCSPELLS, _PGBACKREST)
    return mutant.way == "changed" and (name in _ITS_OWN or any(one.fullmatch(str(name)) for one in theirs))


_KEYS_OF_STORES = re.compile(
    r"(SOURCE_)?PGBACKREST_REPO1_(S3_KEY(_SECRET)?|CIPHER_PASS)|RCLONE_CONFIG_STORE_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)|"
    r"ENCRYPTION_PASSWORD"
)


def key_of_a_store(mutant: Mutant, _: Facts) -> bool:
    """Which one the settings may give to dumps and to WAL, so that it stands in two places."""
    place = mutant.place
    return mutant.way == "changed" and place.kind == "Secret" and bool(_KEYS_OF_STORES.fullmatch(str(place.last)))


def of_the_operator(mutant: Mutant, _: Facts) -> bool:
    place = mutant.place
    default = mutant.way == "gone" and place.shape.endswith("schemas[].owner")  # Then it is the superuser's.
    return (place.kind in OPERATED and (default or not is_reference(place))) or place.last == "cnpg.io/jobRole"


def text(mutant: Mutant, _: Facts) -> bool:
    value = mutant.place.value
    written = isinstance(value, str) and ("\n" in value or value.startswith("<certificate "))
    return written and mutant.way == "changed"


def annotation(mutant: Mutant, _: Facts) -> bool:
    steps = mutant.place.steps
    return "annotations" in steps and not str(mutant.place.last).startswith("contracts.")


def declaration_gone(mutant: Mutant, _: Facts) -> bool:
    of_cluster = mutant.place.kind == "Cluster"  # It says that there is no more than what is described.
    return str(mutant.place.last).startswith("contracts.") and (mutant.way != "changed" or of_cluster)


def fixed_word(mutant: Mutant, _: Facts) -> bool:
    """One of the fixed words of the API became another."""
    return mutant.way == "changed" and bool({mutant.place.last, *mutant.place.steps[-2:-1]} & _FIXED)
