"""SealedSecret (bitnami.com/v1alpha1): what the controller of Sealed Secrets makes a Secret of.

Source: sealed-secrets README, «Scopes» and «SealedSecrets as templates for secrets»; sealedsecret_expansion.go.
"""

from typing import Any

from components.manifest import Manifest, Sealed, markers_in
from components.names import WAIT_FOR, Scope
from components.secrets.template import Wanted, quoted, template

KIND = "SealedSecret"


def made(scope: Scope, wanted: Wanted) -> Manifest:
    """The SealedSecret of `wanted`. A value that stands only inside texts is opened under a key of its own."""
    settings = scope.sources.sealed
    if settings is None:
        raise ValueError(f"{wanted.name}: the settings have no `sources.sealed`")
    whole = {key: entry for key, entry in wanted.entries.items() if isinstance(entry, Sealed)}
    keys = {value: key for key, value in whole.items()}
    for key, entry in wanted.entries.items():
        for value in markers_in(entry):
            if isinstance(value, Sealed):
                keys.setdefault(value, f"{key}.sealed")
    composed = {
        key: template(entry, lambda value: f"index . {quoted(keys[value])}")
        for key, entry in wanted.entries.items()
        if key not in whole
    }
    scoped = {} if settings.scope == "strict" else {f"sealedsecrets.bitnami.com/{settings.scope}": "true"}
    metadata: dict[str, Any] = {"labels": dict(wanted.labels)} | ({"annotations": scoped} if scoped else {})
    encrypted = {key: value.ciphertext for value, key in keys.items()}
    encrypted |= {key: value.ciphertext for key, value in whole.items()}
    spec: dict[str, Any] = {
        "encryptedData": encrypted,
        "template": {"type": wanted.secret_type, "metadata": metadata} | ({"data": composed} if composed else {}),
    }
    annotations = {WAIT_FOR: "condition=Synced", **scoped}
    labels = wanted.labels
    return scope.manifest(
        "bitnami.com/v1alpha1", KIND, wanted.name, {"spec": spec}, labels=labels, annotations=annotations, keep=True
    )
