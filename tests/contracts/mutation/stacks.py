"""The stacks that are broken and edited: every real one, and one with everything optional."""

import functools
import sys
from pathlib import Path
from typing import Any

_UNIT = str(Path(__file__).resolve().parents[2] / "unit")
if _UNIT not in sys.path:
    sys.path.append(_UNIT)

import plans  # noqa: E402 # pyright: ignore[reportMissingImports] (found by the line above)

from components.manifest import shown  # noqa: E402

Body = dict[str, Any]

_CERTIFICATE: Body = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "observer-tls", "namespace": "observer-full"},
    "type": "kubernetes.io/tls",
    "stringData": {"tls.crt": "<configured certificate>", "tls.key": "<configured key>"},
}
"""What somebody else puts there for the Ingress of `everything`."""


@functools.cache
def every() -> dict[str, list[Body]]:
    """Stack → its objects as they will be applied, with markers where secrets will be."""
    found = {}
    for name in [*plans.STACKS, "everything"]:
        system = plans.system("dev", plans.EVERYTHING) if name == "everything" else plans.system(name)
        found[name] = [shown(manifest.body) for manifest in plans.compose(system).manifests]
    found["everything"].append(_CERTIFICATE)
    return found
