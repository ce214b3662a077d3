"""The recording engine itself: what Pulumi's own mocks let pass, it does not."""

import pulumi
import pytest
from engine import Recording, record


def run(program, into: Recording | None = None) -> Recording:
    return record(program, stack_name="t", config={}, secrets={"p:s": "hidden"}, into=into)


def component(name: str, parent: pulumi.Resource | None = None) -> pulumi.ComponentResource:
    return pulumi.ComponentResource("t:index:C", name, {}, pulumi.ResourceOptions(parent=parent))


def test_a_second_resource_with_one_urn_fails():
    def program() -> None:
        component("one")
        component("one")

    with pytest.raises(AssertionError, match="duplicate URN"):
        run(program)


def test_the_same_name_under_another_parent_type_is_another_urn():
    def program() -> None:
        component("one", component("two"))
        component("one")

    assert len(run(program).resources) == 3, "a URN has the parent's type in it"


def test_an_error_in_an_apply_comes_out():
    def fail(_: str) -> None:
        raise RuntimeError("inside an apply")

    with pytest.raises(RuntimeError, match="inside an apply"):
        run(lambda: pulumi.Output.from_input("x").apply(fail))


def test_an_error_of_one_run_does_not_reach_the_next():
    def program() -> None:
        raise RuntimeError("once")

    with pytest.raises(RuntimeError, match="once"):
        run(program)
    assert run(lambda: None).resources == [], "each run has its own loop, settings and root resource"


def test_configuration_does_not_reach_the_next_run():
    seen: list[object] = []
    run(lambda: seen.append(pulumi.Config("p").get("s")))
    record(lambda: seen.append(pulumi.Config("p").get("s")), stack_name="t", config={}, secrets={})
    assert seen == ["hidden", None], "each run has its own configuration"


def test_secretness_is_kept_by_path():
    import pulumi_kubernetes as kubernetes  # noqa: PLC0415

    def program() -> None:
        kubernetes.core.v1.ConfigMap("c", data={"a": pulumi.Output.secret("x"), "b": "y"})

    resource = run(program).resources[-1]
    assert resource.inputs["data"] == {"a": "x", "b": "y"}, "values are in clear, to be compared"
    assert any(path[0] == "data" for path in resource.secrets), "that it was a secret is kept beside"


def test_outputs_are_kept():
    recording = run(lambda: pulumi.export("who", {"name": "me", "word": pulumi.Output.secret("x")}))
    assert recording.outputs == {"who": {"name": "me", "word": "x"}}
    assert recording.secret_outputs, "an exported secret is seen as one"
