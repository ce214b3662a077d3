"""W15, W16, W17: a Job goes when it is done; an object stands in the set once; a mount names a volume."""

from collections.abc import Iterator

from contracts.index import Index
from contracts.objects import at, mapping, mappings, nearest, text
from contracts.violation import Violation
from contracts.workload import Workload

_HOOKS = ("helm.sh/hook", "argocd.argoproj.io/hook")
"""Whoever runs hooks deletes their Jobs by a policy of its own."""


def jobs(index: Index) -> Iterator[Violation]:
    """W15. Jobs of a CronJob are kept by its history limits, those of a hook by their hook's policy."""
    for ref in index.refs("Job"):
        body = index.objects[ref]
        annotations = mapping(at(body, "metadata", "annotations"))
        owned = at(body, "metadata", "ownerReferences")
        if owned or at(body, "spec", "ttlSecondsAfterFinished") is not None or any(h in annotations for h in _HOOKS):
            continue
        yield Violation(
            "W15",
            ref,
            "spec.ttlSecondsAfterFinished",
            found="no time to live",
            expected="a number of seconds",
            because="a finished Job stays with its pods until somebody deletes it, and its name can't be used again",
            fix="write ttlSecondsAfterFinished: 3600",
        )


def objects(index: Index) -> Iterator[Violation]:
    """W16. Of two objects of one kind, namespace and name, the later one overwrites the first."""
    for ref in dict.fromkeys(index.twice):
        times = index.twice.count(ref) + 1 if len(index.twice) < 100 else 2
        yield Violation(
            "W16",
            ref,
            "metadata.name",
            found=f"{ref}, {times} times",
            expected="once",
            because="they are one object to the API server: the last one that is applied wins",
            fix="rename one of them, or take one out",
        )


def mounts(index: Index) -> Iterator[Violation]:
    """W17. The API server refuses a pod whose mount names no volume."""
    for workload in index.workloads:
        for container in workload.containers:
            for mount in container.mounts:
                if mount.volume not in workload.volumes:
                    yield _no_volume(workload, mount.volume, f"{mount.where}.name")


def _no_volume(workload: Workload, name: str, path: str) -> Violation:
    mounted = {
        mount["name"] for c in workload.containers for mount in mappings(c.body.get("volumeMounts")) if "name" in mount
    }
    idle = [volume for volume in workload.volumes if volume not in mounted]
    near = nearest(name, idle) or nearest(name, workload.volumes) or (idle[0] if len(idle) == 1 else "")
    return Violation(
        "W17",
        workload.ref,
        path,
        found=f"volume {text(name)}, which the pod does not have",
        expected=f"one of: {', '.join(workload.volumes) or 'none'}",
        because="the API server refuses the workload",
        nearest=near,
        fix=f"write {near}" if near else f"add a volume {text(name)}",
    )
