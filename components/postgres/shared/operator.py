"""The operator itself, where the stack is asked to install it: its release's objects, as published."""

from collections.abc import Iterable
from typing import Any

from components.manifest import Manifest, Reference
from components.names import PATCH_FORCE
from components.settings import release
from components.settings.release import Object
from components.settings.shared import Shared

_ORDER = (
    "Namespace",
    "CustomResourceDefinition",
    "ServiceAccount",
    "ClusterRole",
    "Role",
    "ClusterRoleBinding",
    "RoleBinding",
    "ConfigMap",
    # The operator puts its certificate into these when it starts, and ends where they are missing.
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
    "Deployment",
    # Last: it is ready once somebody answers behind it, which is when the webhooks do.
    "Service",
)


def render(shared: Shared) -> list[Manifest]:
    """All objects of the release, each after those of the kinds before its own; none where `install` names none.

    They may be there already, and they stay when the stack goes: with the kinds would go the Clusters of others.
    Raises SettingsRefused as release.read does.
    """
    objects = sorted(release.read(shared), key=_place)
    made: list[Manifest] = []
    for kind in dict.fromkeys(one["kind"] for one in objects):
        before = tuple(manifest.reference for manifest in made)
        made += [_manifest(one, before) for one in objects if one["kind"] == kind]
    return made


def answers(shared: Shared) -> tuple[Reference, ...]:
    """What must be ready before the first object that the operator looks after."""
    if shared.install is None:
        return ()
    return tuple(manifest.reference for manifest in render(shared) if manifest.kind == "Service")


def is_older(ours: Object, there: Object) -> str:
    """Why the Deployment `ours` may not take the place of `there`; nothing where it may.

    An older operator does not know what a newer one has written (cloudnative-pg, «Installation and upgrades»).
    """
    new, old = release.version(ours), release.version(there)
    if not old or _numbers(new) >= _numbers(old):
        return ""
    return (
        f"the operator in this cluster is of version {old}, and {release.PATH} would put {new} in its place: what "
        f"{old} has written may mean nothing to it. Take the file of {old} or of a newer one; or drop `install`"
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _place(one: Object) -> int:
    return _ORDER.index(one["kind"]) if one["kind"] in _ORDER else _ORDER.index("ConfigMap")


def _manifest(one: Object, after: Iterable[Reference]) -> Manifest:
    body: dict[str, Any] = {key: value for key, value in one.items() if key != "status"}
    about = {key: value for key, value in one["metadata"].items() if key != "creationTimestamp"}
    # Whoever put it there before, and the operator that writes into its webhooks, own some of it.
    body["metadata"] = about | {"annotations": about.get("annotations", {}) | PATCH_FORCE}
    return Manifest(body, tuple(after), outside=True, adopted=True)
