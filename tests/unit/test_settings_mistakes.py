"""Mistakes in settings: all at once, each with file, path, what was found, what is allowed, and what to do."""

import json

import plans
import pytest
from engine import record

from components.settings import load
from components.settings.mistakes import SettingsRefused, described, nearest

OBSERVER = ("apps", "observer")


def refusal(patch, stack="dev", secrets=frozenset()) -> SettingsRefused:
    given = load.from_file(stack)
    whole = plans.layered(given.patch, patch)
    with pytest.raises(SettingsRefused) as error:
        load.decode(load.Configuration(stack, whole, given.secrets | secrets))
    return error.value


def nested(path, value):
    for step in reversed(path):
        value = {step: value}
    return value


def mistake(path, value):
    """The one mistake that `value` at `path` makes."""
    (only,) = refusal(nested(path, value)).mistakes
    return only


def test_every_mistake_is_reported_at_once():
    patch = {
        "keeep": True,
        "database": {"version": "15", "storage": {"size": "10 Gi"}, "topology": "standalon"},
        "apps": {"observer": {"port": 80, "volumes": {"data": {"path": "relative"}}}},
    }
    error = refusal(patch)
    assert {m.path for m in error.mistakes} == {
        *("keeep", "database.version", "database.storage.size", "database.topology"),
        *("apps.observer.port", "apps.observer.volumes.data.path"),
    }, "one run, one list"
    assert str(error).startswith("6 mistakes in the settings; nothing was touched"), "and their number ahead"


@pytest.mark.parametrize(
    ("path", "value", "found", "allowed", "do"),
    [
        (("keeep",), True, "the unknown key `keeep`", "keep", "did you mean `keep`?"),
        ((*OBSERVER, "replica"), 2, "the unknown key `replica`", "replicas", "did you mean `replicas`?"),
        (("database", "topology"), "standalon", "'standalon'", "standalone", "did you mean `standalone`?"),
        (("database", "version"), "15", "'15'", "a whole number, without quotes", ""),
        ((*OBSERVER, "replicas"), 1.5, "1.5", "a whole number", ""),
        ((*OBSERVER, "replicas"), -1, "-1", "a number from 0 on", ""),
        ((*OBSERVER, "replicas"), 101, "101", "a number up to 100", ""),
        (("keep",), "yes", "'yes'", "true or false, without quotes", ""),
        ((*OBSERVER, "image"), 15, "15", "a text; quote", ""),
        ((*OBSERVER, "image"), True, "true", "a text; quote", ""),
        ((*OBSERVER, "volumes"), ["data"], "a list of 1", "a mapping", ""),
        ((*OBSERVER, "allowTo"), {"cidr": "0.0.0.0/0"}, "a mapping with cidr", "a list", ""),
        ((*OBSERVER, "probes"), "/health", "'/health'", "a mapping of health, ready, startSeconds", ""),
        ((*OBSERVER, "migration", "command"), [], "a list of 0", "at least 1", ""),
        ((*OBSERVER, "variables", "BAD-NAME"), "x", "the name `BAD-NAME`", "letters, digits and underscores", ""),
        (("cluster", "context"), "", "''", "at least 1 character", ""),
        (("labels", "a b"), "x", "the name `a b`", "letters, digits", ""),
        ((*OBSERVER, "variables", "DEBUG"), True, "true", "a text", ""),
        (("database", "parameters", "Work_mem"), "4MB", "the name `Work_mem`", "in lower case", ""),
    ],
)
def test_a_mistake_says_what_was_found_what_is_allowed_and_the_nearest_match(path, value, found, allowed, do):
    only = mistake(path, value)
    assert only.path == ".".join(path), "where it is, as `pulumi config set --path` takes it"
    assert only.file.startswith("Pulumi.dev.yaml"), "in which file"
    assert only.found == found, "what stands there"
    assert allowed in only.allowed, "in words of a settings file, not of the library that reads it"
    assert do in only.do, "the nearest match"
    assert "Input should" not in str(only) + only.allowed, "no wording of pydantic"


def test_a_required_key_that_is_missing_is_named_in_the_file_that_lacks_it():
    only = mistake((*OBSERVER, "port"), None)
    assert (only.file, only.path, only.found) == ("Pulumi.dev.yaml", "apps.observer.port", "nothing"), "removed here"
    assert "state `port`" in only.do
    error = refusal({"apps": {"other": {"image": "a:1"}}})
    missing = {m.path: m.file for m in error.mistakes}
    assert missing["apps.other.port"] == "Pulumi.dev.yaml", "the app is the stack's own, so is what it lacks"


def test_a_mistake_of_the_systems_file_is_named_there(tmp_path):
    root = copy_of_settings(tmp_path)
    text = (root / "systems/observer.yaml").read_text().replace("port: 8000", "port: 80")
    (root / "systems/observer.yaml").write_text(text)
    with pytest.raises(SettingsRefused) as error:
        load.decode(load.from_file("prod", root), root)
    (only,) = error.value.mistakes
    assert (only.file, only.path) == ("systems/observer.yaml", "apps.observer.port"), "the stack's file is right"


def test_a_mistake_that_two_files_make_together_names_both():
    only = mistake((*OBSERVER, "oneNode"), False)
    assert only.file == "Pulumi.dev.yaml on systems/observer.yaml", (
        "the claims are the system's, the choice the stack's"
    )
    assert only.path == "apps.observer"


def copy_of_settings(place):
    (place / "systems").mkdir()
    for path in [*plans.ROOT.glob("Pulumi.*.yaml"), *plans.ROOT.glob("systems/*.yaml")]:
        (place / path.relative_to(plans.ROOT)).write_text(path.read_text())
    return place


PLAIN = "hunter2-Swordfish"


@pytest.mark.parametrize(
    "patch",
    [
        nested((*OBSERVER, "secrets", "KIS_APP_KEY"), PLAIN),
        nested((*OBSERVER, "secrets", "KIS_APP_KEY"), {"config": f"{PLAIN}!"}),
        nested((*OBSERVER, "secrets", "KIS_APP_KEY"), {"value": PLAIN}),
        nested((*OBSERVER, "secrets", "KIS_APP_KEY"), [PLAIN]),
        nested((*OBSERVER, "secrets"), f"KIS_APP_KEY={PLAIN}"),
        nested((*OBSERVER, "secret"), f"{PLAIN}!"),
        nested((*OBSERVER, "password"), PLAIN),
        nested(("pullSecrets", "ghcr-secret", "password"), PLAIN),
        nested(("pullSecrets", "ghcr-secret"), PLAIN),
        nested(("database", "password"), PLAIN),
        nested(("database", "roles", "appPassword"), PLAIN),
        nested(("database", "parameters", "primary_conninfo_password"), f"{PLAIN}\n"),
        {"kisAppKey": PLAIN},
        {"dbPassword": PLAIN},
        {"token": 4711471147114711},
    ],
)
def test_a_secret_in_plain_text_is_refused_and_never_repeated(patch):
    text = str(refusal(patch))
    assert PLAIN not in text, "an error is printed, pasted and kept in logs"
    assert "4711471147114711" not in text, "neither is one of digits"


def test_a_secret_of_digits_is_not_repeated_either():
    only = mistake((*OBSERVER, "secrets", "KIS_APP_KEY"), 4711471147114711)
    assert "4711" not in str(only), "YAML reads digits as a number"


def test_a_known_secret_in_plain_text_is_told_how_to_encrypt_it():
    (only,) = refusal({"kisAppKey": PLAIN}).mistakes
    assert "pulumi config set --secret kisAppKey -s dev" in only.do
    assert only.found == "a secret in plain text (not repeated here)"


def test_a_secret_that_nothing_reads_is_refused_with_the_nearest_name():
    (only,) = refusal({}, secrets=frozenset({"kisApKey"})).mistakes
    assert only.do == "did you mean `kisAppKey`?", "a typing error in a secret's name would leave the app without it"
    (only,) = refusal({}, secrets=frozenset({"zzz"})).mistakes
    assert "pulumi config rm zzz -s dev" in only.do


def test_an_encrypted_value_inside_the_settings_is_told_apart(tmp_path):
    root = copy_of_settings(tmp_path)
    text = (root / "Pulumi.dev.yaml").read_text()
    (root / "Pulumi.dev.yaml").write_text(text + "  postgres-apps:apps: {observer: {secret: {secure: v1:abc}}}\n")
    with pytest.raises(SettingsRefused) as error:
        load.decode(load.from_file("dev", root), root)
    (only,) = error.value.mistakes
    assert "keys of their own" in only.do, "the engine would hand the whole section over as one secret"


def test_one_mistake_does_not_cause_a_second():
    error = refusal(nested((*OBSERVER, "port"), "8000"), secrets=frozenset({"kisAppKey", "ghcrToken"}))
    assert [m.path for m in error.mistakes] == ["apps.observer.port"], "the set secrets are still known to be read"


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


def test_an_unknown_stack_or_system_gets_the_nearest_match():
    with pytest.raises(SettingsRefused, match=r"did you mean `staging`\?"):
        load.from_file("stagin")
    (only,) = refusal({"system": "observr"}).mistakes
    assert only.do == "did you mean `observer`?"
    with pytest.raises(SettingsRefused) as error:
        load.decode(load.Configuration("dev", {}, frozenset()))
    (only,) = error.value.mistakes
    assert only.found == "nothing", "the stack must say which system it is"


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


@pytest.mark.parametrize(
    ("value", "path", "text"),
    [
        ("x", ("a",), "'x'"),
        (True, ("a",), "true"),
        (None, ("a",), "nothing"),
        ({"a": 1}, ("b",), "a mapping with a"),
        ({}, ("b",), "a mapping with nothing in it"),
        ("y" * 100, ("b",), "'" + "y" * 76 + "…"),
        ("x", ("apiToken",), "a value (not repeated here: it may be a secret)"),
    ],
)
def test_what_was_found_is_short(value, path, text):
    assert described(value, path) == text


def test_nearest_is_silent_where_nothing_is_near():
    assert nearest("zzz", ["keep", "name"]) == ""


def test_a_mistake_reads_as_four_lines_at_most():
    lines = str(mistake(("keeep",), json.loads("true"))).splitlines()
    assert lines[0] == "Pulumi.dev.yaml · keeep"
    assert [line.split()[0] for line in lines[1:]] == ["found", "allowed", "do"]
