"""A production stack does not lose its data: not by an edit, not by `pulumi destroy`, and it comes back with it."""

from pathlib import Path

import pytest

from tests.e2e.live import get, wait_for
from tests.e2e.stacks import CLAIMS, ROW, WITHOUT_CLAIM, Observer, app
from tests.e2e.trial import differing

READY_WITHIN = 30.0
SECRETS = (
    "observer-migration",
    "observer-secrets",
    "postgres-app",
    "postgres-owner",
    "postgres-reader",
    "postgres-superuser",
)
MADE_BY_KUBERNETES = {"ConfigMap/kube-root-ca.crt", "ServiceAccount/default"}
"""In every namespace, whoever made it."""

KEPT = {*(f"PersistentVolumeClaim/{claim}" for claim in CLAIMS), *(f"Secret/{name}" for name in SECRETS)}


def test_all_pods_of_an_app_with_single_writer_claims_are_bound_to_one_node(kept: Observer) -> None:
    pods = kept.live.pods("observer")
    assert len(pods) == 2, "the stack asks for two replicas"
    assert len({pod["spec"]["nodeName"] for pod in pods}) == 1, "rule 8: ReadWriteOnce claims are mounted on one node"
    # This node is alone, so that they are together proves little: the affinity is what binds them anywhere.
    (term,) = pods[0]["spec"]["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    selected = (term["topologyKey"], term["labelSelector"]["matchLabels"])
    assert selected == ("kubernetes.io/hostname", {"app.kubernetes.io/name": "observer"}), f"rule 8: found {term}"
    assert "bound to one node" in kept.first_up.text, f"rule 8: the plan must say so:\n{kept.first_up.text}"


@pytest.mark.parametrize("words", [[], ["--skip-preview"]], ids=["destroy", "destroy --skip-preview"])
def test_destroy_is_refused_while_the_data_is_protected(kept: Observer, words: list[str]) -> None:
    before = kept.live.versions()
    ended = kept.trial.pulumi("destroy", "--yes", *words)
    assert ended.code != 0, f"rule 6: a production stack must refuse to be destroyed:\n{ended.text}"
    assert "protect" in ended.text, f"the refusal must say why:\n{ended.text}"
    moved = differing(before, kept.live.versions())
    assert not moved, f"a refused destroy must leave the cluster untouched, it touched {moved}:\n{ended.text}"


@pytest.mark.parametrize("words", [["preview"], ["up", "--yes", "--skip-preview"]], ids=["preview", "up"])
def test_a_claim_can_not_be_edited_out_of_the_file(kept: Observer, words: list[str]) -> None:
    before = kept.live.versions()
    with kept.trial.having(app(volumes={"universe": WITHOUT_CLAIM})):
        ended = kept.trial.pulumi(*words)
    assert ended.code != 0, f"rule 6: the claim's data must not go by an edit:\n{ended.text}"
    assert "observer-universe-pvc would be deleted with its data" in ended.text, (
        f"and the reason is told:\n{ended.text}"
    )
    moved = differing(before, kept.live.versions())
    assert not moved, f"a refused {words[0]} must touch nothing, it touched {moved}:\n{ended.text}"


@pytest.fixture(scope="module")
def exported(kept: Observer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stack's state as an operator exports it before a destroy."""
    file = tmp_path_factory.mktemp("exported") / "state.json"
    kept.trial.pulumi("stack", "export", "--file", str(file), code=0)
    return file


def test_an_unprotected_stack_leaves_exactly_what_is_retained(kept: Observer, exported: Path) -> None:
    assert exported.exists()
    kept.trial.pulumi("state", "unprotect", "--all", "--yes", code=0)
    kept.trial.destroy()
    # Pods and what their controllers made go in the background.
    wait_for("the end of the pods", lambda: not kept.live.objects("pods"), READY_WITHIN)
    left = {name for name in kept.live.versions() if not name.startswith("Endpoint")} - MADE_BY_KUBERNETES
    wanted = KEPT | {f"Namespace/{kept.live.namespace}"}
    assert left == wanted, f"rule 6: claims, Secrets and their namespace stay, all else goes: {sorted(left ^ wanted)}"
    bound = {claim["status"]["phase"] for claim in kept.live.objects("pvc")}
    assert bound == {"Bound"}, f"the claims must keep their volumes, found {bound}"


def test_an_up_from_nothing_is_refused_where_retained_data_lies(kept: Observer) -> None:
    before = {name: version for name, version in kept.live.versions().items() if name in KEPT}
    ended = kept.trial.up(code=None)
    assert ended.code != 0, f"new passwords for old data would lock everybody out:\n{ended.text}"
    assert "already" in ended.text, f"the reason must be told:\n{ended.text}"
    after = {name: version for name, version in kept.live.versions().items() if name in KEPT}
    assert not differing(before, after), "what was retained must not be touched"


def test_with_the_exported_state_the_stack_comes_back_with_its_data(kept: Observer, exported: Path) -> None:
    kept.trial.pulumi("stack", "import", "--file", str(exported), code=0)
    kept.trial.refresh("--yes", "--skip-preview")
    kept.trial.up()
    assert (answer := get(f"{kept.url}/ready")).ok, f"the app must be ready: {answer.text}"
    assert kept.live.rows("SELECT symbol FROM observation") == ROW["symbol"], "the row of before must be there"
    kept.trial.preview("--expect-no-changes")
