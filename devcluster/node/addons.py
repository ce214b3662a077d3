"""DNS and the class `local-path`: the objects of addons.yaml, applied, and CoreDNS packed as an image."""

import hashlib
import os
import socket
import struct
import tempfile
from pathlib import Path
from typing import Any

import yaml

from devcluster import paths
from devcluster.images import pack
from devcluster.node import layout
from devcluster.node.api import Api
from devcluster.node.host import resolv_conf

_FILE = Path(__file__).with_name("addons.yaml")


def objects() -> list[dict[str, Any]]:
    """What is to be applied on this machine, in order."""
    values = {
        "{DNS_SERVICE}": layout.DNS_SERVICE,
        "{DOMAIN}": layout.DOMAIN,
        "{COREDNS}": layout.COREDNS,
        # Without a name server to ask, CoreDNS refuses other names at once instead of letting each caller wait.
        "{FORWARD}": "forward . /etc/resolv.conf" if resolv_conf() else "",
    }
    text = _FILE.read_text()
    for name, value in values.items():
        text = text.replace(name, value)
    # A changed Corefile rolls the pod, which reads it once.
    text = text.replace("{DIGEST}", hashlib.sha256(text.encode()).hexdigest()[:16])
    return list(yaml.safe_load_all(text))


def _path(wanted: dict[str, Any]) -> str:
    version, about = wanted["apiVersion"], wanted["metadata"]
    group = f"/apis/{version}" if "/" in version else f"/api/{version}"
    kind = wanted["kind"].lower()
    plural = kind + ("es" if kind.endswith("s") else "s")
    space = f"/namespaces/{about['namespace']}" if "namespace" in about else ""
    return f"{group}{space}/{plural}/{about['name']}"


def apply(api: Api) -> None:
    """Make the objects as they are wanted. Raises ApiFailed."""
    for wanted in objects():
        api.apply(_path(wanted), wanted)


def coredns_image(binary: Path) -> Path:
    """The archive of an image that holds the CoreDNS `binary` and nothing else; packed where it is older than that."""
    archive = paths.IMAGES / "coredns.tar"
    made_from = archive.with_suffix(".made-from")
    state = binary.stat()
    mark = f"{state.st_size} {state.st_mtime_ns}\n"
    if archive.exists() and made_from.exists() and made_from.read_text() == mark:
        return archive
    paths.IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=binary.parent, prefix=".coredns-image-") as folder:
        os.link(binary, Path(folder) / "coredns")
        config = {"Entrypoint": ["/coredns"], "User": "65532:65532", "Env": ["PATH=/"]}
        pack.pack(Path(folder), layout.COREDNS, config, archive)
    made_from.write_text(mark)
    return archive


def dns_answers(timeout: float = 0.5) -> bool:
    """Whether the DNS Service says where the API server is, within `timeout` seconds: an A query as in RFC 1035."""
    name = f"kubernetes.default.svc.{layout.DOMAIN}"
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    query = struct.pack(">6H", 0x1234, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(timeout)
        try:
            asking.sendto(query, (layout.DNS_SERVICE, 53))
            answer = asking.recv(512)
        except OSError:
            return False
    return answer.endswith(socket.inet_aton(layout.API_SERVICE))
