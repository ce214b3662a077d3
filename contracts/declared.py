"""What an app or a server declares about itself: annotations on the pod template. Anybody may write them.

The code of an app knows things that no object says: which variables it can't do without, the path that it takes for
granted for one, what it writes. Declared here, they are held against the objects like everything else.

    contracts.postgres-apps/reads: "DB_HOST DB_PASSWORD KIS_APP_KEY"
    contracts.postgres-apps/paths: "OBSERVER_DATA_DIR=/opt/x/data OBSERVER_LOG_DIR=/opt/x/logs"
    contracts.postgres-apps/read-only-paths: "OBSERVER_CONFIG_DIR"
    contracts.postgres-apps/writes: "/opt/x/cache /var/lib/x"
    contracts.postgres-apps/ready: "/ready"
"""

from contracts.objects import text
from contracts.workload import Workload

_PREFIX = "contracts.postgres-apps/"

READS = _PREFIX + "reads"
"""The variables that the code needs; with `.CONTAINER` behind it, those of one container, an init one included."""

PATHS = _PREFIX + "paths"
"""VARIABLE=/path pairs: where the code looks when the variable isn't set, so where it must point to."""

READ_ONLY_PATHS = _PREFIX + "read-only-paths"
"""Variables, or paths, that the code only reads: a read-only mount does, and none where PATHS does not name them. With
`.CONTAINER` behind it, the paths of one container, an init one included, which have to be mounted."""

WRITES = _PREFIX + "writes"
"""Paths that the code writes to without a variable that names them; with `.CONTAINER` behind it, those of one
container, an init one included."""

READY = _PREFIX + "ready"
"""The path that the code answers with success only while it can serve: the one for the readiness probe."""

DATABASES = _PREFIX + "databases"
"""On a server's pods: its databases, those that a bootstrap makes included; not those that initdb makes everywhere."""

ROLES = _PREFIX + "roles"
"""On a server's pods: its roles, those that a bootstrap makes included; the superuser of an official image need not be.
On the object that makes the pods it counts too: for roles that come and go while the pods stay.

Pods of any image that declare both are taken for a server: a router answers for those behind it."""


def declares(workload: Workload, annotation: str) -> bool:
    """Whether the pods of `workload` carry `annotation`."""
    return isinstance(workload.annotations.get(annotation), str)


def words(workload: Workload, annotation: str) -> list[str]:
    """The words of an annotation, apart by white space or commas, each once and in order; none without it."""
    said = workload.annotations.get(annotation)
    return list(dict.fromkeys(text(said).replace(",", " ").split())) if said is not None else []


def pairs(workload: Workload, annotation: str) -> dict[str, str]:
    """NAME → value of an annotation of NAME=value words; a word without `=` is left out."""
    found = (word.partition("=") for word in words(workload, annotation))
    return {name: value for name, equals, value in found if name and equals}


def of_containers(workload: Workload, annotation: str) -> list[tuple[str, str]]:
    """(annotation, container) of every `annotation` that is one container's own: with `.CONTAINER` behind it."""
    prefix = f"{annotation}."
    own = [text(key) for key in workload.annotations if text(key).startswith(prefix)]
    return [(key, key.removeprefix(prefix)) for key in own]


def where(workload: Workload, annotation: str) -> str:
    """The path of an annotation in the object."""
    return ".".join((*workload.where.split(".")[:-1], f"metadata.annotations[{annotation}]"))
