"""The stand-in for pulumi-resource-tls under components/issuing.py, driven by the real engine."""

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from plugins_stack import Stack

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = """\
import json, pulumi
from components.issuing import Issuing
from components.manifest import Issued

def options(provider, kept):
    return pulumi.ResourceOptions(provider=provider, protect=kept or None)

issuing = Issuing(options)
for name, said in json.load(open("wanted.json")).items():
    for part in ("tls.crt", "tls.key", "ca.crt"):
        issued = Issued("ca", name, tuple(said["hosts"]), said["days"], part)
        pulumi.export(f"{name} {part}", issuing.text(issued))
"""


class Project(Stack):
    """A program with certificates: name → hosts and days."""

    def wants_certificates(self, **wanted: Any) -> "Project":
        self.environment["PYTHONPATH"] = str(ROOT)
        (self.folder / "__main__.py").write_text(PROGRAM)
        (self.folder / "wanted.json").write_text(json.dumps(wanted))
        return self

    def texts(self) -> dict[str, str]:
        """Every output: PEM texts by certificate and part."""
        return json.loads(self.run("stack", "output", "--json", "--show-secrets"))

    def let_pass(self, days: int, name: str, kind: str) -> None:
        """As if `days` had gone by since a certificate was made: its end in state comes that much nearer."""
        exported = json.loads(self.run("stack", "export"))
        (found,) = (each for each in exported["deployment"]["resources"] if each["urn"].endswith(f":{kind}::{name}"))
        end = datetime.datetime.fromisoformat(found["outputs"]["validityEndTime"])
        found["outputs"]["validityEndTime"] = (end - datetime.timedelta(days=days)).isoformat()
        (self.folder / "edited.json").write_text(json.dumps(exported))
        self.run("stack", "import", "--file", "edited.json")


CERTIFICATES = ("tls.crt", "ca.crt")
PG, ETCD = {"hosts": ["pg", "10.0.0.1"], "days": 90}, {"hosts": ["etcd"], "days": 90}


@pytest.fixture
def project(tmp_path: Path, pulumi: str) -> Project:
    return Project(tmp_path / "project", pulumi, None).wants_certificates(pg=PG, etcd=ETCD)


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in {*before, *after} if before.get(name) != after.get(name)}


def test_certificates_stay_from_run_to_run_and_their_keys_are_encrypted(project: Project) -> None:
    project.preview()
    printed = project.up()
    first = project.texts()
    assert first["pg ca.crt"] == first["etcd ca.crt"] and first["pg tls.crt"] != first["etcd tls.crt"]
    leaf, ca = (x509.load_pem_x509_certificate(first[name].encode()) for name in ("pg tls.crt", "pg ca.crt"))
    leaf.verify_directly_issued_by(ca)
    assert "PRIVATE KEY" in first["pg tls.key"], "the test would look in vain"
    assert "PRIVATE KEY" not in project.file() + printed + project.run("stack", "export"), "a key is in clear"
    project.preview("--expect-no-changes")
    project.up()
    project.run("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    project.preview("--expect-no-changes")
    assert changed(first, project.texts()) == set(), "a certificate was made anew without a reason"


def test_the_last_third_renews_one_certificate_and_nothing_else(project: Project) -> None:
    project.up()
    first = project.texts()
    project.let_pass(59, "pg", "LocallySignedCert")
    project.preview("--expect-no-changes")
    project.let_pass(1, "pg", "LocallySignedCert")
    shown = project.preview()
    assert "readyForRenewal" in shown and "+-1 to replace" in shown, shown
    project.up()
    assert changed(first, project.texts()) == {"pg tls.crt"}, "its key, its authority and the other one stay"
    project.preview("--expect-no-changes")


def test_a_refresh_sees_that_a_certificate_is_due_and_the_next_up_renews_it(project: Project) -> None:
    project.up()
    first = project.texts()
    project.let_pass(75, "pg", "LocallySignedCert")
    project.run("refresh", "--yes", "--skip-preview")
    project.up()
    assert changed(first, project.texts()) == {"pg tls.crt"}


def test_an_authority_is_renewed_with_its_own_key_so_what_it_signed_stays_valid(project: Project) -> None:
    project.up()
    first = project.texts()
    project.let_pass(2500, "ca", "SelfSignedCert")
    project.up()
    assert changed(first, project.texts()) == {f"{name} {part}" for name in ("pg", "etcd") for part in CERTIFICATES}
    old, new = first["pg tls.crt"], project.texts()["pg ca.crt"]
    parsed = [x509.load_pem_x509_certificate(text.encode()) for text in (old, new)]
    parsed[0].verify_directly_issued_by(parsed[1])


def test_other_hosts_replace_the_certificate_but_neither_its_key_nor_its_authority(project: Project) -> None:
    project.up()
    first = project.texts()
    project.wants_certificates(pg={**PG, "hosts": ["pg", "pg-router"]}, etcd=ETCD)
    assert "dnsNames" in project.preview()
    project.up()
    assert changed(first, project.texts()) == {"pg tls.crt"}
    leaf = x509.load_pem_x509_certificate(project.texts()["pg tls.crt"].encode())
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["pg", "pg-router"]


def test_what_can_not_be_made_is_refused_by_the_preview(project: Project) -> None:
    file = project.folder / "__main__.py"
    file.write_text(file.read_text() + 'import pulumi_tls\npulumi_tls.PrivateKey("k", algorithm="DSA")\n')
    assert "one of RSA, ECDSA, ED25519" in project.preview(code=1)
