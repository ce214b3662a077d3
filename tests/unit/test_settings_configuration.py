"""From a stack file and from the engine: the same configuration, and what is wrong with its form."""

import plans
import pytest
from engine import record
from refused import PLAIN, copy_of_settings

from components.settings import load
from components.settings.mistakes import SettingsRefused


def test_an_encrypted_value_inside_the_settings_is_told_apart(tmp_path):
    root = copy_of_settings(tmp_path)
    text = (root / "Pulumi.dev.yaml").read_text()
    (root / "Pulumi.dev.yaml").write_text(text + "  postgres-apps:apps: {observer: {secret: {secure: v1:abc}}}\n")
    with pytest.raises(SettingsRefused) as error:
        load.decode(load.from_file("dev", root), root)
    (only,) = error.value.mistakes
    assert "keys of their own" in only.do, "the engine would hand the whole section over as one secret"


@pytest.mark.parametrize(
    ("key", "do"),
    [
        ("system", "write `postgres-apps:system`"),
        ("postgres-app:keep", "write `postgres-apps:keep`"),
        ("postgresapps:keep", "write `postgres-apps:keep`"),
    ],
)
def test_a_key_without_its_project_is_a_mistake(tmp_path, key, do):
    root = copy_of_settings(tmp_path)
    with (root / "Pulumi.dev.yaml").open("a") as file:
        file.write(f"  {key}: x\n")
    with pytest.raises(SettingsRefused) as error:
        load.from_file("dev", root)
    assert [m.do for m in error.value.mistakes] == [do], "it would be silently ignored"


def test_keys_of_other_projects_are_theirs(tmp_path):
    root = copy_of_settings(tmp_path)
    with (root / "Pulumi.dev.yaml").open("a") as file:
        file.write("  kubernetes:context: x\n  aws:region: eu\n")
    assert load.from_file("dev", root) == load.from_file("dev")


@pytest.mark.parametrize("text", ["", "config:\n", "config: [a]\n", "config: x\n", "- a\n", "config:\n  a: b: c\n"])
def test_a_stack_file_of_another_shape_is_a_mistake_and_not_a_traceback(tmp_path, text):
    root = copy_of_settings(tmp_path)
    (root / "Pulumi.dev.yaml").write_text(text)
    with pytest.raises(SettingsRefused):
        load.decode(load.from_file("dev", root), root)


def test_a_bare_null_is_a_mistake_because_the_engine_hands_it_on_as_an_empty_text():
    given = load.from_file("dev")
    for empty in (None, ""):
        with pytest.raises(SettingsRefused, match="no value"):
            load.decode(load.Configuration("dev", {**given.patch, "pullSecrets": empty}, frozenset()))


@pytest.mark.parametrize("stack", plans.STACKS)
def test_from_file_and_from_engine_agree(stack):
    seen = []
    config = plans.engine_config(stack)
    record(lambda: seen.append(load.from_engine()), stack_name=stack, config=config, secrets={})
    assert seen == [load.from_file(stack)], "what was checked without the engine is what the engine runs"


def test_from_engine_knows_secrets_by_name_only():
    seen = []
    record(
        lambda: seen.append(load.from_engine()),
        stack_name="dev",
        config={"postgres-apps:system": "observer", "postgres-apps:keep": "true", "other:key": "x"},
        secrets={"postgres-apps:kisAppKey": PLAIN},
    )
    assert seen == [load.Configuration("dev", {"system": "observer", "keep": True}, frozenset({"kisAppKey"}))]
    assert PLAIN not in repr(seen), "the value is not read"


def test_a_text_where_a_mapping_belongs_is_told_what_belongs_there():
    seen = []
    config = {**plans.engine_config("dev"), "postgres-apps:cluster": "kind-mine"}
    record(lambda: seen.append(load.from_engine()), stack_name="dev", config=config, secrets={})
    with pytest.raises(SettingsRefused, match=r"a mapping of context, dnsNamespace, dnsPods"):
        load.decode(seen[0])
