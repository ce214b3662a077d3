"""The pull request's workflow: as YAML, against the stacks that there are."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def workflow() -> dict:
    return yaml.safe_load((ROOT / ".github" / "workflows" / "preview.yml").read_text())


def test_every_stack_but_the_local_one_is_previewed(workflow):
    stacks = {path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml")} - {"local"}
    matrix = workflow["jobs"]["preview"]["strategy"]["matrix"]["stack"]
    assert set(matrix) == stacks, "a stack that is missing in the matrix would be deployed unseen"


def test_the_workflow_may_write_nothing_but_the_comment(workflow):
    assert workflow["permissions"] == {"contents": "read"}, "least permissions at the top"
    assert "permissions" not in workflow["jobs"]["check"], "the check needs no more than to read"
    assert workflow["jobs"]["preview"]["permissions"] == {"contents": "read", "pull-requests": "write"}


def test_the_check_sees_no_secret_and_no_cluster(workflow):
    text = yaml.safe_dump(workflow["jobs"]["check"])
    assert "secrets" not in text, "the check runs for forks too"
    assert "KUBECONFIG" not in text, "the check needs no cluster"
    assert "make test" in text, "the unit tests are its first half"
    assert "make check" in text, "every stack's check is its second half"


def test_a_preview_without_credentials_is_skipped_by_its_steps(workflow):
    job = workflow["jobs"]["preview"]
    assert "if" not in job, "a job's `if` can't read secrets: it would always be false"
    gate, *rest = job["steps"]
    assert gate["id"] == "credentials", "the first step looks whether there are credentials"
    for step in rest:
        assert step["if"] == "steps.credentials.outputs.here == 'true'", f"{step} would run without credentials"


def test_the_preview_is_pulumis_and_becomes_a_comment(workflow):
    action = workflow["jobs"]["preview"]["steps"][-1]
    assert action["uses"] == "pulumi/actions@v7", "v7 is the current one"
    assert action["with"]["command"] == "preview", "nothing is deployed from a pull request"
    assert action["with"]["comment-on-pr"] is True, "the reviewer sees the plan where the review is"
    assert action["with"]["stack-name"] == "${{ matrix.stack }}", "each job previews its own stack"
