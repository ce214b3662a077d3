"""The archive of an image: what a container runtime finds in it, and that the same folder gives the same bytes."""

import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

from devcluster.images import pack

CONFIG: dict[str, object] = {"User": "999:999", "StopSignal": "SIGINT"}


def _root(folder: Path, newest_first: bool = False) -> Path:
    names = ["usr/bin/tool", "etc/a", "etc/b"]
    for name in reversed(names) if newest_first else names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "bin").symlink_to("usr/bin")
    os.link(folder / "etc/a", folder / "etc/same-as-a")
    return folder


def _read(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        member = tar.extractfile(name)
        assert member is not None, f"{name} is no file in the archive"
        return member.read()


def test_a_runtime_finds_the_reference_the_configuration_and_a_layer_with_the_hash_it_is_promised(tmp_path: Path):
    archive = tmp_path / "image.tar"
    digest = pack.pack(_root(tmp_path / "root"), "localhost/x:1", CONFIG, archive)
    (manifest,) = json.loads(_read(archive, "manifest.json"))
    image = _read(archive, manifest["Config"])
    layer = _read(archive, manifest["Layers"][0])
    assert manifest["RepoTags"] == ["localhost/x:1"], "the image is found by this name"
    assert digest == "sha256:" + hashlib.sha256(image).hexdigest(), "an image is its configuration's hash"
    assert json.loads(image)["rootfs"]["diff_ids"] == ["sha256:" + hashlib.sha256(layer).hexdigest()], (
        "containerd refuses a layer of another hash"
    )
    assert json.loads(image)["config"] == CONFIG, "the run configuration is passed on as it is"


def test_the_layer_keeps_links_and_hard_links(tmp_path: Path):
    archive = tmp_path / "image.tar"
    pack.pack(_root(tmp_path / "root"), "localhost/x:1", CONFIG, archive)
    (manifest,) = json.loads(_read(archive, "manifest.json"))
    with tarfile.open(fileobj=io.BytesIO(_read(archive, manifest["Layers"][0]))) as layer:
        assert layer.getmember("bin").linkname == "usr/bin", "/bin must stay a link, or programs are there twice"
        assert layer.getmember("etc/same-as-a").linkname == "etc/a", "a hard link must not become a second copy"


def test_the_same_files_written_at_another_time_in_another_order_give_the_same_bytes(tmp_path: Path):
    one, other = tmp_path / "one.tar", tmp_path / "other.tar"
    pack.pack(_root(tmp_path / "a"), "localhost/x:1", CONFIG, one)
    pack.pack(_root(tmp_path / "b", newest_first=True), "localhost/x:1", CONFIG, other)
    assert one.read_bytes() == other.read_bytes(), "two builds of one definition must not look like two images"


def test_an_archive_that_could_not_be_packed_leaves_nothing_behind(tmp_path: Path):
    root = _root(tmp_path / "root")
    archive = tmp_path / "out" / "image.tar"
    archive.parent.mkdir()
    try:
        pack.pack(root / "is-not-there", "localhost/x:1", CONFIG, archive)
    except OSError:
        pass
    else:
        raise AssertionError("a folder that is not there can't be packed")
    assert list(archive.parent.iterdir()) == [], "half an archive would be loaded as a whole one"
