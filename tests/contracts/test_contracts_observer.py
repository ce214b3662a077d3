"""Everything that the verification of 6 February 2026 found in the Observer is found here, and nothing else."""

from pathlib import Path

import pytest

from contracts.catalogue import CONTRACTS
from contracts.fronts import read
from contracts.index import Index
from contracts.report import grouped
from contracts.violation import Violation

HERE = Path(__file__).parent / "observer_2026_02"
DEPLOYED = sorted(path for path in HERE.glob("*.yaml") if path.name != "made-by-hand.yaml")
KEPT = sorted((HERE / "kept-with-them").glob("*.yaml"))
BY_HAND = HERE / "made-by-hand.yaml"

OBSERVER = "Deployment observer-prod/observer"
POSTGRES = "StatefulSet observer-prod/postgres"

IN_BOTH = {
    ("P01", OBSERVER): "CF-6: the path that is documented, /app/logs, is not the one of the ConfigMap",
    ("X03", OBSERVER): "CF-4: the configuration is a hostPath",
    ("T03", OBSERVER): "CF-7: ReadWriteOnce claims and two replicas",
    ("W19", OBSERVER): "warning: the readiness probe asks /health",
    ("X01", POSTGRES): "warning: PostgreSQL's container has no security context",
    ("X04", POSTGRES): "warning: the same, its root can be written",
}
AS_IN_GIT = IN_BOTH | {
    ("S01", OBSERVER): "CF-1: the SealedSecrets make other Secrets than observer-secrets",
    ("S01", POSTGRES): "CF-1: the database reads it too",
    ("S03", OBSERVER): "CF-2: no source says that KIS_APP_KEY, KIS_APP_SECRET, KIS_HTS_ID will be there",
    ("S03", POSTGRES): "CF-2: nor POSTGRES_PASSWORD",
}
AS_IT_RAN = IN_BOTH | {
    ("S03", OBSERVER): "CF-2: the Secret that was made by hand lacks KIS_HTS_ID",
    ("S03", POSTGRES): "CF-2: and POSTGRES_PASSWORD",
    ("N03", OBSERVER): "CF-2: and POSTGRES_DB, so that a new data directory has no database observer",
    ("N04", OBSERVER): "CF-2: and POSTGRES_USER, so that it has no role observer",
}
KEPT_WITH_THEM = {
    ("S11", "Config default/"): "CF-3: a kubeconfig in Git",
    ("S11", "Secret observer-prod/observer-prod-plain"): "CF-3: a Secret in plain text in Git",
}


def found(files: list[Path], committed: bool = False) -> list[Violation]:
    objects = read.objects([str(file) for file in files])
    index = Index(objects, committed=Index(objects).objects if committed else ())
    return [violation for contract in CONTRACTS for violation in contract.check(index)]


def named(violations: list[Violation]) -> set[tuple[str, str]]:
    return {(violation.contract, str(violation.object)) for violation in violations}


@pytest.mark.parametrize(
    ("files", "committed", "expected"),
    [
        (DEPLOYED, False, AS_IN_GIT),
        ([*DEPLOYED, BY_HAND], False, AS_IT_RAN),
        (KEPT, True, KEPT_WITH_THEM),
        ([*DEPLOYED, *KEPT], True, AS_IN_GIT | KEPT_WITH_THEM),
    ],
    ids=["as in Git", "as it ran", "what was kept with it", "the whole repository"],
)
def test_each_finding_of_the_verification_is_named_and_nothing_else(
    files: list[Path], committed: bool, expected: dict[tuple[str, str], str]
) -> None:
    names = named(found(files, committed))
    missed = [
        f"{contract} {what}: {reason}" for (contract, what), reason in expected.items() if (contract, what) not in names
    ]
    assert not missed, f"the people of the verification saw it: {missed}"
    assert not names - set(expected), f"they did not see it, and it is not there: {names - set(expected)}"


def test_the_missing_secret_is_one_finding_with_its_consequences_below() -> None:
    groups = grouped(found(DEPLOYED))
    group = next(group for group in groups if group[0].cause == "Secret observer-prod/observer-secrets is missing")
    assert group[0].contract == "S01", "the reference says best what is wrong"
    assert len(group) == 8, "two references, five variables of the app, one of the database: all of one Secret"
    assert "obs-db-secret (made by SealedSecret obs-db-secret)" in group[0].because, "what is there instead is named"


def test_a_directory_that_is_made_with_care_on_a_read_only_root_is_no_finding() -> None:
    # CF-5: the report itself says that mkdir() is caught, so nothing is broken.
    assert not [v for v in found([*DEPLOYED, BY_HAND]) if v.contract == "P02"], "every path lies under a mount"


def test_no_value_of_a_secret_is_told() -> None:
    told = "\n".join(str(violation) for violation in found([*DEPLOYED, *KEPT, BY_HAND], committed=True))
    assert "of-nobody" not in told, "the values of the plain Secret"
    assert "bWFkZSB1cCBrZXkgb2Ygbm9ib2R5" not in told, "the key of the kubeconfig"
