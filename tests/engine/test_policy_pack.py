"""The policy pack on a program that knows nothing of it, run by the real engine."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plugins_stack import Stack

from devcluster import paths

PACK = str(paths.CHECKOUT / "policy")
VALUE = "Correct-Horse-Battery-1"

PROGRAM = """\
import pulumi_kubernetes as kubernetes
import pulumi_random as random

made = random.RandomPassword("made", length=32)
kubernetes.core.v1.Secret(
    "credentials",
    metadata={{"name": "{secret}", "namespace": "{namespace}"}},
    string_data={{"PASSWORD": {password}}},
)
labels = {{"app": "shop"}}
kubernetes.apps.v1.Deployment(
    "shop",
    metadata={{
        "name": "shop", "namespace": "{namespace}", "annotations": {{"pulumi.com/skipAwait": "true"}},
    }},
    spec={{
        "selector": {{"match_labels": labels}},
        "template": {{
            "metadata": {{"labels": labels}},
            "spec": {{"containers": [{{
                "name": "shop",
                "image": "example.org/shop:1",
                "env": [{{
                    "name": "DB_PASSWORD",
                    "value_from": {{"secret_key_ref": {{"name": "shop-db", "key": "PASSWORD"}}}},
                }}],
            }}]}},
        }},
    }},
)
"""


def program(made: Stack, named: str = "shop-db", given: str = f'"{VALUE}"', namespace: str = "default") -> Stack:
    text = PROGRAM.format(secret=named, password=given, namespace=namespace)
    (made.folder / "__main__.py").write_text(text)
    return made


def preview(made: Stack, code: int = 0, **config: Any) -> str:
    given = made.folder / "policy.json"
    given.write_text(json.dumps(config))
    printed = made.run("preview", "--policy-pack", PACK, "--policy-pack-config", str(given), code=code)
    assert VALUE not in printed, "a preview ends up in the log of a pull request"
    return printed


def told(printed: str, policy: str) -> list[str]:
    """What each finding of `policy` says, its level included."""
    policies = printed.partition("\nPolicies:")[2].partition("\nDiagnostics:")[0]
    return [part for part in policies.split("\n        - [") if part.partition("]")[2].split()[:1] == [policy]]


def test_a_wrong_name_of_a_secret_ends_the_preview_and_says_what_to_do(stack: Callable[..., Stack]) -> None:
    (found,) = told(preview(program(stack(), named="shop-dbs"), code=1), "secrets")
    for word in ("mandatory", "kubernetes:apps/v1:Deployment: shop", "S01", "Secret default/shop-db is missing"):
        assert word in found, found
    assert "env[DB_PASSWORD].valueFrom.secretKeyRef.name" in found and "name Secret shop-dbs" in found, found


def test_a_program_whose_wiring_holds_passes(stack: Callable[..., Stack]) -> None:
    printed = preview(program(stack()))
    assert told(printed, "secrets") == told(printed, "undecided") == [], printed
    assert "advisory" in told(printed, "security")[0], "what is not hardened is told, and stops nobody who didn't ask"


def test_values_that_are_not_known_yet_are_told_as_undecided_and_hang_nothing(stack: Callable[..., Stack]) -> None:
    printed = preview(program(stack(), named="shop-dbs", given="made.result"))
    (found,) = told(printed, "undecided")
    assert "advisory" in found and "S01" in found and "can't be decided" in found, printed
    printed = preview(program(stack(), given="made.result"), code=1, undecided="mandatory")
    (found,) = told(printed, "undecided")
    assert "mandatory" in found and "S02" in found, "whether the Secret will have the key, nobody knows here"


def test_a_waiver_lets_a_finding_pass_and_is_told_at_every_run(stack: Callable[..., Stack]) -> None:
    waiver = {"contract": "S01", "object": "Deployment shop", "reason": "made by hand"}
    stale = {"contract": "S02", "object": "Deployment shop", "reason": "long ago"}
    printed = preview(program(stack(), named="shop-dbs"), secrets={"waivers": [waiver, stale]})
    assert told(printed, "secrets") == [], printed
    assert "waived: S01 Deployment default/shop: made by hand" in printed
    assert "stale waiver: S02 Deployment shop" in told(printed, "undecided")[0]


def test_a_wrong_configuration_is_said_in_a_sentence(stack: Callable[..., Stack]) -> None:
    made = program(stack())
    printed = preview(made, code=1, secrets={"waivers": [{"contract": "S99", "object": "Deployment shop"}]})
    assert 'waivers.0.contract must be one of the following: "S01"' in printed, printed
    assert "waivers.0: reason is required" in printed, printed
    printed = preview(made, code=1, secrets={"wavers": []})
    assert "`wavers` is no setting of a policy; there are `waivers` and `enforcementLevel`" in printed, printed


def test_the_live_objects_of_an_update_are_judged_as_their_inputs_were(
    stack: Callable[..., Stack], namespace: str
) -> None:
    made = program(stack(), given="made.result", namespace=namespace)
    printed = made.run("up", "--yes", "--skip-preview", "--policy-pack", PACK)
    assert told(printed, "secrets") == told(printed, "undecided") == [], f"all is known after an update:\n{printed}"
    text = (made.folder / "__main__.py").read_text().replace('"name": "shop-db",', '"name": "shop-db2",', 1)
    (made.folder / "__main__.py").write_text(text)
    (found,) = told(preview(made, code=1), "secrets")
    assert "name Secret shop-db2" in found, "the Secret that the program no longer has was counted as there"


def test_a_pack_that_can_not_start_says_why_and_hangs_nothing(stack: Callable[..., Stack], tmp_path: Path) -> None:
    pack = tmp_path / "broken-pack"
    pack.mkdir()
    (pack / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 0.0.1\n")
    (pack / "__main__.py").write_text("import no_such_module\n")
    printed = program(stack()).run("preview", "--policy-pack", str(pack), code=1)
    assert "No module named 'no_such_module'" in printed, "its traceback was taken for the port on stdout"
    assert "failed to start" in printed
