"""S10, S11: what is a Secret by its nature is no ConfigMap; credentials are not kept with the manifests."""

import re
from collections.abc import Iterator

from contracts.catalogue.secrets.texts import of_file
from contracts.index import Index
from contracts.objects import at, mapping, mappings, text
from contracts.plaintext import credential, is_private_key, placeholder, telling, words
from contracts.sources import decoded
from contracts.violation import Ref, Violation

_KUBECONFIG_KEY = re.compile(
    r"^[ \t]*(?:-[ \t]+)?(?:client-key-data|token|password):\s*[\"']?([^\s\"']+)", re.MULTILINE
)
_PLAIN = "stringData"
_FIELDS = ("data", _PLAIN)
_PGPASS = re.compile(r"^[^#:\s][^:\s]*:(?:\d+|\*):[^:]+:[^:]+:(\S+)$", re.MULTILINE)


_TEXTS = (".sh", ".py", ".yaml", ".yml", ".ini", ".conf", ".cfg", ".toml", ".properties", ".json", ".xml", ".sql")
_NAMING = frozenset(
    "user username login admin role owner database db dbname name host hostname server address port email url uri "
    "endpoint scheme region bucket type sslmode".split()
)
"""What a Secret often has beside its secrets: who, where and what, under these last words of a name."""


def of_a_file(name: str, content: str) -> str:
    """What Secret material an entry of a ConfigMap is, in words; "" for none."""
    if is_private_key(content):
        return "a private key"
    if '"auths"' in content and re.search(r'"(auth|password|identitytoken)"\s*:\s*"[^"<$]+"', content):
        return "credentials of a registry"
    if "clusters:" in content and "users:" in content and "kind: Config" in content:
        found = [value for value in _KUBECONFIG_KEY.findall(content) if not placeholder(value)]
        return "a kubeconfig with credentials" if found else ""
    if "pgpass" in name and any(not placeholder(found) and "$" not in found for found in _PGPASS.findall(content)):
        return "a password file of libpq"
    return ""


def material(index: Index) -> Iterator[Violation]:
    """S10, for data and binaryData of every ConfigMap."""
    for ref in index.refs("ConfigMap"):
        for field in ("data", "binaryData"):
            for key, value in mapping(index.objects[ref].get(field)).items():
                if what := of_a_file(text(key), text(value)):
                    yield Violation(
                        "S10",
                        ref,
                        f"{field}[{text(key)}]",
                        found=what,
                        expected="a Secret",
                        because="a ConfigMap is open to the role `view`, stored unencrypted, and printed by every tool",
                        fix=f"make {ref.name} a Secret, mount it in its place, and change the secret: it has been seen",
                    )


def committed(index: Index) -> Iterator[Violation]:
    """S11. A kubeconfig among the manifests tells by itself; that a Secret is committed must be said by who read it."""
    for ref in index.refs("Config"):
        body = index.objects[ref]
        if text(body.get("apiVersion")) == "v1" and any(_key_of(user) for user in mappings(body.get("users"))):
            yield Violation(
                "S11",
                ref,
                "users",
                found="a kubeconfig with credentials, among the manifests",
                expected="manifests only",
                because="whoever has the file has the cluster",
                fix="take it out of the repository and its history, and revoke the credentials",
            )
    for ref in sorted(index.committed):
        if ref.kind == "Secret" and (readable := _readable(index, ref)):
            yield Violation(
                "S11",
                ref,
                readable[0],
                found=f"a file under version control, with readable values: {', '.join(readable)}",
                expected="a SealedSecret, ExternalSecret or InfisicalSecret, or a Secret made when it is applied",
                because="base64 is no encryption, and a repository keeps every version for ever",
                fix="take the file out of the repository and its history, and change what was in it",
            )


def _key_of(user: object) -> bool:
    fields = ("client-key-data", "token", "password")
    return any(at(user, "user", field) and not placeholder(text(at(user, "user", field))) for field in fields)


def _readable(index: Index, ref: Ref) -> list[str]:
    """The fields with a value that whoever has the file can read, passwords first; certificates are public."""
    body = index.objects.get(ref, {})
    fields = [(field, text(key), text(value)) for field in _FIELDS for key, value in mapping(body.get(field)).items()]
    open_ = [(field, key) for field, key, value in fields if _tells(key, _shown(field, value))]
    return [f"{field}[{key}]" for field, key in sorted(open_, key=lambda entry: not telling(entry[1]))]


def _shown(field: str, value: str) -> str:
    """What a reader of the file sees; "" for what only its key opens, or a marker."""
    return value if field == _PLAIN else (decoded(value) or b"").decode(errors="replace")


def _tells(key: str, value: str) -> bool:
    """Whether a value is a secret: not a certificate, a script or configuration without any, the name of a user."""
    if placeholder(value) or (key.endswith((".crt", ".pem", ".cert")) and not is_private_key(value)):
        return False
    if ("\n" in value.strip() and "\ufffd" not in value) or key.endswith(_TEXTS):
        return bool(of_a_file(key, value) or of_file(key, value, frozenset()))
    return words(key)[-1:] == () or words(key)[-1] not in _NAMING or bool(credential(value))
