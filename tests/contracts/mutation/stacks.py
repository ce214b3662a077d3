"""The stacks that are broken and edited: every real one, and the variants with everything optional."""

import functools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_UNIT = str(Path(__file__).resolve().parents[2] / "unit")
if _UNIT not in sys.path:
    sys.path.append(_UNIT)

import plans  # noqa: E402 # pyright: ignore[reportMissingImports] (found by the line above)

from components.manifest import Manifest, shown  # noqa: E402

Body = dict[str, Any]

_CERTIFICATE: Body = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "observer-tls", "namespace": "observer-full"},
    "type": "kubernetes.io/tls",
    "stringData": {"tls.crt": "<configured certificate>", "tls.key": "<configured key>"},
}
"""What somebody else puts there for the Ingress of a variant."""


@functools.cache
def every() -> dict[str, list[Body]]:
    """Stack → its objects as they will be applied, with markers where secrets will be."""
    found = {name: _whole(plan.manifests, plan.context) for name, plan in plans.every_plan().items()}
    for name in plans.VARIANTS:
        if name.startswith("everything"):
            found[name].append(_CERTIFICATE)
    return found


def _whole(manifests: Sequence[Manifest], context: Sequence[Manifest]) -> list[Body]:
    """A stack, and what another one has made for it: both as one set, and what is in both once."""
    own = {(manifest.kind, manifest.body["metadata"].get("namespace"), manifest.name) for manifest in manifests}
    others = [m for m in context if (m.kind, m.body["metadata"].get("namespace"), m.name) not in own]
    return [shown(manifest.body) for manifest in (*manifests, *others)]
