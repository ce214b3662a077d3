"""W15, W16: a Job goes when it is done; an object stands in the set once."""

from collections import Counter
from collections.abc import Iterator

from contracts.index import Index
from contracts.objects import at, mapping
from contracts.violation import Violation

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
    for ref, more in Counter(index.twice).items():
        yield Violation(
            "W16",
            ref,
            "metadata.name",
            found=f"{ref}, {more + 1} times",
            expected="once",
            because="they are one object to the API server: the last one that is applied wins",
            fix="rename one of them, or take one out",
        )
