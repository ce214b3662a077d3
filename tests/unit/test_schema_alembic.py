"""Tools that bring a schema with a command of their own, in a stack that has no app."""

import plans
import yaml

from components.gate import judged
from components.settings.configuration import ROOT


def documented() -> dict:
    """The example of docs/schema.md, word by word."""
    blocks = (ROOT / "docs" / "schema.md").read_text().split("```yaml\n")[1:]
    (found,) = [text.partition("```")[0] for text in blocks if "alembic" in text]
    return yaml.safe_load(found)


def test_alembics_own_command_is_a_job_as_the_owner_before_nothing_else():
    stack = "bill-inquiry-dev"
    plan = plans.plan(stack, documented())
    job = next(made for made in plan.manifests if made.kind == "Job" and "migrations-migration" in made.name)
    spec = job.body["spec"]["template"]["spec"]
    (command,) = [step["command"] for step in spec["initContainers"] if step["name"] == "migrate"]
    assert command[-3:] == ["alembic", "upgrade", "head"]
    secret = plans.one(plan, "Secret", "migrations-migration").body["stringData"]["DATABASE_URL"]
    assert "bill_inquiry_owner:" in str(secret), "who makes tables owns them"
    assert plans.one(plan, "Deployment", "migrations").body["spec"]["replicas"] == 0, "nothing stays"
    assert judged(plans.system(stack, documented()), plan).holds
