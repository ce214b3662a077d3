"""What is as it should be is left alone."""

from tests.e2e.stacks import Observer
from tests.e2e.trial import differing


def test_a_preview_without_a_change_finds_none(observer: Observer) -> None:
    ended = observer.trial.preview("--expect-no-changes", code=None)
    assert ended.code == 0, f"nothing was edited, so a preview must find nothing to do:\n{ended.text}"


def test_a_second_up_changes_nothing(observer: Observer) -> None:
    before = observer.live.versions()
    ended = observer.trial.up("--expect-no-changes", code=None)
    assert ended.code == 0, f"nothing was edited, so `up` must find nothing to do:\n{ended.text}"
    moved = differing(before, observer.live.versions())
    assert not moved, f"an up without changes must write nothing to the cluster, it wrote {moved}"


def test_a_refresh_without_drift_finds_none(observer: Observer) -> None:
    ended = observer.trial.refresh("--preview-only", "--expect-no-changes", code=None)
    assert ended.code == 0, f"nobody touched the cluster, so a refresh must find nothing:\n{ended.text}"
