"""`make render`: files that kubectl and Argo CD take, that no cluster takes for the secrets, and no file of others."""

import base64
import binascii
import functools
import os
import tempfile
from pathlib import Path

import plans
import pytest
import schemas
import yaml
from hypothesis import given
from hypothesis import strategies as st
from test_manifests_schemas import NO_SCHEMA

from components import rendered
from components.compose import Part, Plan
from components.manifest import Configured, Fingerprint, Generated, Issued, Manifest, Text
from components.settings.mistakes import SettingsRefused
from contracts import verify

EVERY = pytest.mark.parametrize("stack", plans.EVERY)
JOB = "job-postgres-bootstrap.yaml"


@functools.cache
def files(stack: str) -> dict[str, str]:
    """What is written for a stack, made once."""
    return rendered.files(stack, plans.every_plan()[stack])


@functools.cache
def every_body(stack: str) -> dict[str, dict]:
    return {path: yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) for path, text in files(stack).items()}  # noqa: S506


def bodies(stack: str, among: str = "") -> dict[str, dict]:
    """Path → object, of the files whose path begins with `among`."""
    return {path: body for path, body in every_body(stack).items() if path.startswith(among)}


def small(*manifests: Manifest) -> Plan:
    return Plan([Part("App", "a", list(manifests))], {}, [], "standalone")


def config(name: str, **data: object) -> Manifest:
    return Manifest({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})


@EVERY
def test_every_object_is_in_a_file_of_its_own(stack: str) -> None:
    def whose(body):
        return body["kind"], body["metadata"].get("namespace", ""), body["metadata"]["name"]

    found = sorted(map(whose, bodies(stack).values()))
    assert found == sorted(whose(manifest.body) for manifest in plans.every_plan()[stack].manifests), "one file each"


@EVERY
def test_kubernetes_takes_the_shape_of_every_file(stack: str) -> None:
    known = {path: body for path, body in bodies(stack).items() if body["kind"] not in NO_SCHEMA}
    wrong = {path: found for path, body in known.items() if (found := schemas.errors(body, schemas.VERSIONS[-1]))}
    assert not wrong, f"Kubernetes {schemas.VERSIONS[-1]} would refuse these"


@EVERY
def test_the_contracts_hold_for_what_is_written(stack: str) -> None:
    found = [v for v in verify(bodies(stack).values()) if not v.undecided]
    assert found == [], "a placeholder has the keys of what it stands for"


@EVERY
def test_no_api_server_takes_a_placeholder_over_the_real_value(stack: str) -> None:
    for path, body in bodies(stack, rendered.PLACEHOLDERS).items():
        unknown = body.get("data" if body["kind"] == "Secret" else "binaryData", {})
        assert unknown, f"{path} has no value that is unknown; it belongs to the others"
        for key, value in unknown.items():
            with pytest.raises(binascii.Error):
                pytest.fail(f"{path} {key} is base64: {base64.b64decode(value, validate=True)!r}")


@EVERY
def test_what_may_be_applied_has_neither_placeholders_nor_guesses(stack: str) -> None:
    applied = {path: text for path, text in files(stack).items() if "/" not in path}
    assert not [path for path, text in applied.items() if "<generated" in text or "<configured" in text]
    assert not [path for path, text in applied.items() if "<fingerprint" in text], "it would roll every pod"
    told = [path for path, text in applied.items() if "checksum/" in text]
    known = [
        m
        for m in plans.workloads(plans.every_plan()[stack])
        for key, value in plans.template(m)["metadata"].get("annotations", {}).items()
        if key.startswith("checksum/") and isinstance(value, str)
    ]
    assert bool(told) == bool(known), "a checksum that is known stays"


def test_a_config_map_with_a_certificate_is_no_more_applied_than_a_secret() -> None:
    issued = Issued("pg", "pg-tls", (), 90, "ca.crt")
    manifest = config("pg-ca", **{"ca.crt": issued, "note": "plain"})
    (path,) = rendered.files("dev", small(manifest))
    assert path == "placeholders/configmap-pg-ca.yaml", "kubectl diff -f leaves it out"
    body = rendered.rendered(manifest)
    assert body["binaryData"] == {"ca.crt": "<certificate pg-tls: ca.crt>"}, "where Kubernetes wants base64"
    assert body["data"] == {"note": "plain"}, "what is known stays where it was"


@pytest.mark.parametrize("marker", [Generated("x"), Configured("x"), Text(("postgresql://a:", Generated("x"), "@h"))])
def test_each_marker_makes_a_placeholder(marker: object) -> None:
    manifest = Manifest({"kind": "Secret", "metadata": {"name": "a"}, "stringData": {"k": marker, "user": "u"}})
    body = rendered.rendered(manifest)
    assert set(body["data"]) == {"k"}, "only what is unknown is out of its place"
    assert body["stringData"] == {"user": "u"}


def test_a_fingerprint_is_left_out_and_nothing_else() -> None:
    annotations = {"checksum/a": Fingerprint((Generated("x"),)), "checksum/b": "1"}
    manifest = Manifest({"kind": "Job", "metadata": {"name": "a", "annotations": annotations}})
    assert rendered.rendered(manifest)["metadata"]["annotations"] == {"checksum/b": "1"}


def test_a_changed_job_is_a_change_of_its_file() -> None:
    other = plans.plan("dev", {"database": {"image": "postgres:15.1-alpine"}})
    before, after = files("dev"), rendered.files("dev", other)
    assert before.keys() == after.keys(), "no name has a digest, so `git diff` shows what changed"
    assert before[JOB] != after[JOB]


def test_two_revisions_of_a_job_do_not_overwrite_each_other() -> None:
    jobs = [Manifest({"kind": "Job", "metadata": {"name": f"a-{digest * 10}"}}) for digest in "12"]
    assert sorted(rendered.files("dev", small(*jobs))) == ["job-a-1111111111.yaml", "job-a-2222222222.yaml"]


def test_the_namespace_comes_first() -> None:
    assert sorted(files("dev"))[0] == "00-namespace-observer-dev.yaml", "kubectl goes by name"


def test_files_stay_readable(tmp_path: Path) -> None:
    rendered.write("dev", small(config("a", text="one\nzwei ü\n")), tmp_path)
    assert "  text: |\n    one\n    zwei ü\n" in (tmp_path / "configmap-a.yaml").read_text(encoding="utf-8")


def test_a_second_render_touches_nothing(tmp_path: Path) -> None:
    first = rendered.write("dev", plans.plan(), tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.yaml")}
    second = rendered.write("dev", plans.plan(), tmp_path)
    assert len(first.changed) == first.files == len(times)
    assert (second.changed, second.removed) == ((), ()), "nothing changed"
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.yaml")} == times, "so nothing was written"


def test_what_an_earlier_render_left_goes(tmp_path: Path) -> None:
    rendered.write("dev", small(config("a"), config("b", k=Issued("x", "y", (), 1, "ca.crt"))), tmp_path)
    found = rendered.write("dev", small(config("c")), tmp_path)
    assert found.removed == ("configmap-a.yaml", "placeholders/configmap-b.yaml")
    assert sorted(path.name for path in tmp_path.rglob("*.yaml")) == ["configmap-c.yaml"]


def test_a_file_of_another_stack_is_not_ours(tmp_path: Path) -> None:
    rendered.write("dev", small(config("a")), tmp_path)
    rendered.write("development", small(config("b")), tmp_path)
    assert (tmp_path / "configmap-a.yaml").exists(), "two stacks may share a directory"
    with pytest.raises(SettingsRefused, match="a file that no render of it wrote"):
        rendered.write("development", small(config("a")), tmp_path)


@pytest.mark.parametrize("what", ["file", "link", "dangling link", "directory"])
def test_what_is_not_ours_is_never_overwritten(tmp_path: Path, what: str) -> None:
    elsewhere, place = tmp_path / "elsewhere", tmp_path / "into" / "configmap-b.yaml"
    place.parent.mkdir()
    elsewhere.write_text("# Rendered by postgres-apps from Pulumi.dev.yaml; the next render overwrites it.\n")
    made = {
        "file": lambda: place.write_text("mine"),
        "link": lambda: place.symlink_to(elsewhere),
        "dangling link": lambda: place.symlink_to(tmp_path / "nowhere"),
        "directory": place.mkdir,
    }
    made[what]()
    with pytest.raises(SettingsRefused, match=r"configmap-b\.yaml"):
        rendered.write("dev", small(config("a"), config("b")), place.parent)
    assert os.listdir(place.parent) == ["configmap-b.yaml"], "and nothing else is written either"
    assert "kind" not in elsewhere.read_text()


NAMES = st.from_regex(r"[a-c]{1,2}(\.yaml)?", fullmatch=True)


@given(st.dictionaries(NAMES, st.binary(max_size=8)), st.lists(st.sets(st.sampled_from("abcdef")), max_size=4))
def test_whatever_is_rendered_in_turn_the_files_of_others_stay(others: dict[str, bytes], turns: list[set[str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "placeholders").mkdir()
        for file, content in others.items():
            (place / file).write_bytes(content)
            (place / "placeholders" / file).write_bytes(content)
        for turn in turns:
            rendered.write("dev", small(*map(config, sorted(turn))), place)
            found = {path.name for path in place.iterdir()} - {"placeholders"}
            assert found == {*others, *(f"configmap-{name}.yaml" for name in turn)}, "exactly these, beside the others"
        for file, content in others.items():
            assert (place / file).read_bytes() == (place / "placeholders" / file).read_bytes() == content
