"""Downloads, against a file server on loopback."""

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from devcluster.toolchain import download
from devcluster.toolchain.releases import Release

BINARY = b"#!/bin/sh\necho v1.2.3\n"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a file server on loopback and the folder it serves."""
    folder = tmp_path / "served"
    folder.mkdir()
    http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}", folder
    http.shutdown()
    thread.join()
    http.server_close()


def publish(folder: Path, *names: str, algorithm: str = "sha256", checksum: str = "") -> None:
    with tarfile.open(folder / "tool.tar.gz", "w:gz") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = len(BINARY)
            tar.addfile(member, io.BytesIO(BINARY))
    real = hashlib.new(algorithm, (folder / "tool.tar.gz").read_bytes()).hexdigest()
    (folder / "sums").write_text(f"{'0' * 64}  other.tar.gz\n{checksum or real}  tool.tar.gz\n")


def release(address: str) -> Release:
    return Release(f"{address}/tool.tar.gz", f"{address}/sums", r".*?([a-z./]*tool)")


def fetch(address: str, tmp_path: Path) -> list[Path]:
    refusals = download.Refusals(tmp_path / "refusals.json")
    return download.fetch(release(address), tmp_path / "bin", refusals, lambda _: None)


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_a_download_whose_checksum_is_the_published_one_is_taken(server, tmp_path, algorithm):
    address, folder = server
    publish(folder, "dist/tool", "dist/README", algorithm=algorithm)
    assert fetch(address, tmp_path) == [tmp_path / "bin" / "tool"], "only the wanted file is taken"
    assert (tmp_path / "bin" / "tool").read_bytes() == BINARY, "its content is the archive's"
    assert (tmp_path / "bin" / "tool").stat().st_mode & 0o111, "a tool must be executable"


def test_a_wrong_checksum_shows_both_and_leaves_nothing_behind(server, tmp_path):
    address, folder = server
    publish(folder, "dist/tool", checksum="ab" * 32)
    with pytest.raises(download.ChecksumMismatch) as caught:
        fetch(address, tmp_path)
    real = hashlib.sha256((folder / "tool.tar.gz").read_bytes()).hexdigest()
    assert real in str(caught.value), "the reader must see what was found"
    assert "ab" * 32 in str(caught.value), "the reader must see what was published"
    assert list((tmp_path / "bin").iterdir()) == [], "an unverified download must not stay"
    assert not (tmp_path / "refusals.json").exists(), "tampering is no refusal: it must be seen again next time"


def test_a_path_that_climbs_out_of_the_archive_stays_in_the_folder(server, tmp_path):
    address, folder = server
    publish(folder, "../../../tool")
    assert fetch(address, tmp_path) == [tmp_path / "bin" / "tool"], "only the bare name is used"
    assert not (tmp_path.parent / "tool").exists(), "nothing is written above the folder"


def test_a_refusal_is_remembered_and_not_asked_again(server, tmp_path):
    address, folder = server
    with pytest.raises(download.Refused, match="404"):
        fetch(address, tmp_path)
    publish(folder, "dist/tool")
    with pytest.raises(download.Refused, match="refused earlier today"):
        fetch(address, tmp_path)


def test_a_refusal_is_forgotten_after_a_day(server, tmp_path, monkeypatch):
    address, folder = server
    with pytest.raises(download.Refused):
        fetch(address, tmp_path)
    publish(folder, "dist/tool")
    now = download.time.time()
    monkeypatch.setattr(download.time, "time", lambda: now + download.REMEMBER + 1)
    assert fetch(address, tmp_path), "a day later the server is asked again"


def test_a_page_in_place_of_the_checksums_counts_as_a_refusal(server, tmp_path):
    address, folder = server
    publish(folder, "dist/tool")
    (folder / "sums").write_text("<html>please log in</html>")
    with pytest.raises(download.Refused, match="publishes no checksum"):
        fetch(address, tmp_path)


def test_a_server_that_is_not_there_is_a_refusal_of_the_whole_server(tmp_path):
    with pytest.raises(download.Refused):
        fetch("http://127.0.0.1:9", tmp_path)
    assert "127.0.0.1:9" in (tmp_path / "refusals.json").read_text(), "no other file of it is asked for either"
