"""The Barman Cloud plugin on a cluster: what its project publishes, from its own Go module, made fit for a node without
a registry and without cert-manager."""

import base64
import copy
import datetime
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

from devcluster.build import versions
from devcluster.command import run
from devcluster.images import barman_cloud
from devcluster.node import certificate
from devcluster.operators.release import NAMESPACE, Object
from devcluster.toolchain import go_module, install

MODULE = "github.com/cloudnative-pg/plugin-barman-cloud"
DEPLOYMENT = "barman-cloud"
SERVER, CLIENT = "barman-cloud-server-tls", "barman-cloud-client-tls"
"""The Secrets that its Service names to the operator."""

_VALID = datetime.timedelta(days=90)
_BY_CERT_MANAGER = {"Certificate", "Issuer"}

Say = Callable[[str], None]


def published(say: Say = lambda _: None) -> list[Object]:
    """The objects of the plugin as published. Raises toolchain.go.NoGo or CommandFailed."""
    module = go_module.folder(install.MODULES / versions.BARMAN_PLUGIN_BUILD.module, MODULE, say)
    return list(yaml.safe_load_all((module / "manifest.yaml").read_text()))


def objects(say: Say = lambda _: None) -> list[Object]:
    """The objects of the plugin with the image that is made here, for itself and for its sidecars, and with new
    certificates. Raises as `published` does."""
    found = [copy.deepcopy(one) for one in published(say) if one["kind"] not in _BY_CERT_MANAGER]
    image = barman_cloud.IMAGE.reference
    for each in found:
        if each["kind"] == "Deployment":
            (container,) = each["spec"]["template"]["spec"]["containers"]
            container["image"] = image
            container["imagePullPolicy"] = "IfNotPresent"  # no registry has it
            container["readinessProbe"] |= {"initialDelaySeconds": 1, "periodSeconds": 1}
        elif each["kind"] == "Secret" and "SIDECAR_IMAGE" in each["data"]:
            each["data"]["SIDECAR_IMAGE"] = base64.b64encode(image.encode()).decode()
    return [*_certificates(), *found]


def _certificates() -> list[Object]:
    """What cert-manager would make: each end trusts just the certificate that stands in the other's Secret."""
    with tempfile.TemporaryDirectory() as place:
        ca, ca_key = Path(place) / "ca.crt", Path(place) / "ca.key"
        authority = certificate.elliptic()
        ca.write_bytes(certificate.authority(authority, _VALID))
        ca_key.write_bytes(certificate.pem(authority))
        return [
            _secret(SERVER, "barman-cloud", ["barman-cloud", "localhost"], ca, ca_key),
            _secret(CLIENT, "barman-cloud-client", [], ca, ca_key),
        ]


def _secret(name: str, subject: str, dns: Sequence[str], ca: Path, ca_key: Path) -> Object:
    key = certificate.elliptic()
    chain = certificate.signed(key, subject, [], dns, [], ca, ca_key, _VALID) + ca.read_bytes()
    data = {"tls.crt": chain.decode(), "tls.key": certificate.pem(key).decode()}
    about = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": about, "type": "kubernetes.io/tls", "stringData": data}


def have(kubectl: Sequence[str], said: Sequence[Object], within: float) -> None:
    """Apply `said` and wait until the plugin answers, at most `within` seconds. Raises CommandFailed."""
    text = yaml.safe_dump_all(said)
    run([*kubectl, "apply", "--server-side", "--force-conflicts", "--field-manager=devcluster", "-f", "-"], stdin=text)
    rollout = ["rollout", "status", f"deployment/{DEPLOYMENT}", "-n", NAMESPACE, f"--timeout={within:.0f}s"]
    run([*kubectl, *rollout], timeout=within + 10)


def remove(kubectl: Sequence[str], said: Sequence[Object]) -> None:
    """Delete `said`, its kind ObjectStore and every object of it too. Raises CommandFailed."""
    words = ["delete", "--ignore-not-found", "--wait", "--timeout=120s", "-f", "-"]
    run([*kubectl, *words], stdin=yaml.safe_dump_all(list(reversed(said))), timeout=130)
