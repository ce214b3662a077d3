"""Which images are made here, when they are made anew, and whom they run as."""

import dataclasses
import os
import runpy
import subprocess
from pathlib import Path

import pytest
import yaml

from contracts.known import images as known
from devcluster import images, paths
from devcluster.build.versions import GoBuild
from devcluster.images import (
    cloudnativepg,
    cloudnativepg_postgresql,
    definition,
    haproxy,
    pack,
    patroni,
    postgres,
    python,
)
from devcluster.images.definition import Definition
from devcluster.toolchain import go, install

HAPROXY = Path(haproxy.__file__).with_name("docker-entrypoint.sh")


def test_only_the_images_that_the_stack_names_are_made():
    settings = {"database": {"image": "localhost/postgres:15-bookworm"}, "more": [{"image": "docker.io/haproxy:3.0"}]}
    assert images.named({"config": settings}) == [postgres.IMAGE], "others cost minutes that nobody asked for"


def test_the_local_stack_as_committed_needs_no_image_of_the_replicated_topology():
    made = {image.reference for image in images.named(yaml.safe_load(paths.SETTINGS.read_text()))}
    assert made == {"localhost/postgres:15-bookworm", "localhost/observer-demo:1"}, "`make up` makes these and no more"


def test_an_image_that_is_not_made_here_is_refused_with_the_nearest():
    with pytest.raises(images.NoImage, match=r"localhost/patroni:4.1-pg16.*is it localhost/patroni:4.1-pg17\?"):
        images.named({"database": {"image": "localhost/patroni:4.1-pg16"}})


def test_no_two_images_share_an_archive():
    files = [image.file for image in images.DEFINITIONS]
    assert len(files) == len(set(files)), f"one would overwrite the other: {files}"


def test_an_image_is_made_anew_when_the_go_module_of_a_program_in_it_changes(monkeypatch, tmp_path):
    (tmp_path / "recipe").write_text("same")
    (tmp_path / "go.mod").write_text("one")
    build = GoBuild(binary="tool", module="", package="example.org/tool", version="v1", minutes=1)
    monkeypatch.setattr(install, "source_digest", lambda _: (tmp_path / "go.mod").read_text())
    image = Definition("localhost/x:1", Path(postgres.__file__).parent, {}, lambda *_: None, "", (build,))
    before = image.digest()
    assert image.digest() == before, "nothing changed"
    (tmp_path / "go.mod").write_text("two")
    assert image.digest() != before, "the old binary would stay in the image"
    assert dataclasses.replace(image, builds=()).digest() != before, "a program less is another image"


def test_one_more_image_makes_none_of_the_others_anew(monkeypatch, tmp_path):
    for name in ("__init__.py", "apt.py"):
        (tmp_path / name).write_text("before")
    monkeypatch.setattr(definition, "_HERE", tmp_path)
    image = Definition("localhost/x:1", tmp_path / "x", {}, lambda *_: None, "")
    before = image.digest()
    (tmp_path / "__init__.py").write_text("a list with one more")
    assert image.digest() == before, "a list decides nothing of an image, and Go takes minutes for some"
    (tmp_path / "apt.py").write_text("other packages")
    assert image.digest() != before, "what images are made with decides"


@pytest.mark.parametrize(
    ("image", "public"),
    [
        (postgres.IMAGES[14], "docker.io/library/postgres:14-bookworm"),
        (postgres.IMAGE, "docker.io/library/postgres:15-bookworm"),
        (postgres.IMAGES[17], "docker.io/library/postgres:17-trixie"),
        (patroni.IMAGE, "ghcr.io/zalando/spilo-17:4.0-p3"),
        (cloudnativepg_postgresql.IMAGE, "ghcr.io/cloudnative-pg/postgresql:17-standard-trixie"),
    ],
)
def test_an_image_runs_as_the_public_image_that_it_stands_in_for(image: Definition, public: str):
    user = str(image.config["User"]).partition(":")[0]
    assert user == str(known.known_user(public)), "the same manifests must be right for both"


@pytest.mark.parametrize("image", postgres.IMAGES.values(), ids=lambda image: image.reference)
def test_a_server_of_its_own_version_is_found_before_another_versions_programs(image: Definition):
    entries = image.config["Env"]
    assert isinstance(entries, list), "a list of NAME=value"
    environment = dict(entry.split("=", 1) for entry in entries)
    major = image.reference.rpartition(":")[2].partition("-")[0]
    folders = [folder for folder in environment["PATH"].split(":") if "postgresql" in folder]
    assert folders[0] == f"/usr/lib/postgresql/{major}/bin", "initdb and postgres of the tag's version, whatever else"
    assert environment["PG_MAJOR"] == major, "as the official image says it"


def test_every_image_says_numbers_of_a_user_who_is_not_root():
    for image in images.DEFINITIONS:
        user, _, group = str(image.config["User"]).partition(":")
        assert user.isdigit() and group.isdigit() and "0" not in (user, group), (
            f"{image.reference}: the kubelet refuses a name, or root, where runAsNonRoot is set"
        )


def test_the_operator_tells_the_major_version_of_its_operand_by_the_tag():
    tag = cloudnativepg_postgresql.IMAGE.reference.rpartition(":")[2]
    assert tag.split(".")[0] == str(cloudnativepg_postgresql.MAJOR), "it refuses a Cluster whose version it can't tell"
    assert not {"Entrypoint", "Cmd"} & set(cloudnativepg_postgresql.IMAGE.config), "the operator brings what starts it"


def test_the_operator_finds_its_program_where_it_looks_for_it(monkeypatch, tmp_path):
    monkeypatch.setattr(go, "build", lambda _spec, _module, binary, _say: binary.write_text("program"))
    monkeypatch.setattr(os, "chown", lambda *_: None)
    image = cloudnativepg.IMAGES["1.30"]
    image.fill(tmp_path, lambda _: None)
    assert image.config["WorkingDir"] == "/", "it looks for operator/manager_* there"
    assert (tmp_path / "operator" / f"manager_{pack.architecture()}").read_text() == "program"
    assert os.readlink(tmp_path / "manager") == f"operator/manager_{pack.architecture()}", "a link within the image"


def test_patroni_is_left_to_be_started_by_the_manifests():
    assert not {"Entrypoint", "Cmd"} & set(patroni.IMAGE.config), "what starts by itself here would not with Spilo"


def test_the_pinned_packages_of_the_patroni_image_are_those_asked_for():
    folder = Path(patroni.__file__).parent
    asked = (folder / "requirements.in").read_text().splitlines()[-1]
    locked = (folder / "requirements.lock").read_text()
    assert asked.replace("[etcd3,psycopg3]", "") + " " in locked, f"requirements.lock is older than {asked}"


def test_a_program_of_a_package_starts_by_the_images_own_python_and_only_where_it_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    about = tmp_path / "packages" / "tool-1.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tool\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[console_scripts]\nother = tool.other:main\ntool = tool.cli:run\n")
    module = tmp_path / "packages" / "tool"
    module.mkdir()
    (module / "cli.py").write_text("def run():\n    return 3\n")
    program = tmp_path / "bin" / "tool"
    python._write_program(program, tmp_path / "packages")
    assert program.read_text().startswith("#!/usr/bin/python3\n"), "an installer's names the Python of this machine"
    monkeypatch.syspath_prepend(tmp_path / "packages")
    runpy.run_path(str(program), run_name="__mp_main__")  # as a process that multiprocessing spawns imports it
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(program), run_name="__main__")
    assert ended.value.code == 3, "what the package declares under that name runs, and its answer is the exit code"
    assert program.stat().st_mode & 0o777 == 0o755, "it must be found on PATH"


@pytest.mark.parametrize(
    ("arguments", "started"),
    [
        ("haproxy -f x.cfg", "haproxy -W -db -f x.cfg"),
        ("-f x.cfg", "haproxy -W -db -f x.cfg"),
        ("echo other", "other"),
    ],
)
def test_haproxy_is_started_as_in_the_official_image(tmp_path: Path, arguments: str, started: str):
    program = tmp_path / "haproxy"
    program.write_text('#!/bin/sh\necho haproxy "$@"\n')
    program.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([HAPROXY, *arguments.split()], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == started, "a master with workers in the foreground, and other commands as they are"
