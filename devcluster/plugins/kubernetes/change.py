"""One change of one object: made, updated, deleted, or only tried (a preview's dry run)."""

import contextlib
import copy
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from devcluster.plugins.kubernetes.client import ApiError
from devcluster.plugins.kubernetes.cluster import Cluster, Gone
from devcluster.plugins.kubernetes.conflict import Conflict
from devcluster.plugins.kubernetes.discovery import UnknownKind
from devcluster.plugins.kubernetes.objects import DELETION_PROPAGATION, PATCH_FORCE, annotation, at, called, is_kind
from devcluster.plugins.kubernetes.wait import Awaited, Waiter
from devcluster.plugins.protocol.engine import Engine
from devcluster.plugins.protocol.values import UNKNOWN

RETRIES = 5
FIRST_PAUSE = 0.5
"""Creation is tried again where a namespace or a kind is not there yet: 5 times, each pause twice the last, in seconds
(Creation in the official await.go)."""

IMMUTABLE = "field is immutable"


class Refused(Exception):
    """The API server refuses an object; the text is for the user."""


@dataclass
class Change:
    """What one call of the engine is about. `inputs` is the object as the program wants it."""

    cluster: Cluster
    engine: Engine
    cancelled: threading.Event
    urn: str
    inputs: dict[str, Any]
    manager: str
    timeout: float = 0.0
    force: bool = False
    suppress_deprecations: bool = False

    @property
    def awaited(self) -> Awaited:
        """What a waiter needs to know of it."""
        return Awaited(self.urn, self.inputs, self.timeout)

    def wait(self, live: dict[str, Any]) -> dict[str, Any]:
        """Wait until `live` is ready. Raises NotReady."""
        return Waiter(self.cluster, self.engine, self.cancelled).ready(live, self.awaited)

    def create(self, *, upsert: bool) -> dict[str, Any]:
        """Make the object. One of that name that is there already is refused, unless `upsert` (provider 4.29 on)."""
        pause = FIRST_PAUSE
        for attempt in range(RETRIES + 1):
            try:
                if attempt == 0 and not upsert:
                    self._refuse_existing()
                return self._apply(self.inputs)
            except (ApiError, UnknownKind) as error:
                if isinstance(error, ApiError) and error.code != 404:
                    raise Refused(self._why(error)) from error
                if attempt == RETRIES or self.cancelled.wait(pause):
                    raise Refused(self._why(error)) from error
                self.engine.status(self.urn, f"trying again: {error}")
                self.cluster.discovery.forget()
                pause *= 2
        raise AssertionError

    def _refuse_existing(self) -> None:
        with contextlib.suppress(Gone):
            live = self.cluster.get(self.inputs)
            if not at(live, "metadata", "deletionTimestamp"):
                raise Refused(
                    f"{called(live)} is in the cluster already, but not in this stack's state; take it over with "
                    "`pulumi import`, or with the provider's upsertExistingObjects"
                )
            # Applied while it goes, it would go all the same; so this is waited for even with skipAwait.
            Waiter(self.cluster, self.engine, self.cancelled).gone(live, self.awaited, always=True)

    def preview_create(self) -> dict[str, Any] | None:
        """What creation would give, by a dry run; None where that can't be known yet (Create in provider.go)."""
        try:
            return self._dry_create()
        except UnknownKind:
            return None
        except ApiError as error:
            if error.code == 403 and "cannot patch resource" not in str(error):
                self.engine.warning(self.urn, f"the API server would refuse it now: {error}")
            if error.code == 403 or (error.code == 404 and error.details.get("kind") == "namespaces"):
                return None
            raise Refused(self._why(error)) from error

    def _dry_create(self) -> dict[str, Any]:
        try:
            return self._apply(self.inputs, dry_run=True, force=True)
        except ApiError as error:
            # A replacement has the name of what it replaces; under another name the rest can still be tried.
            if error.code != 422 or IMMUTABLE not in str(error):
                raise
            name = self.inputs["metadata"]["name"]
            other = {
                **self.inputs,
                "metadata": {**self.inputs["metadata"], "name": f"{name[:240]}-{secrets.token_hex(2)}"},
            }
            tried = self._apply(other, dry_run=True, force=True)
            return {**tried, "metadata": {**tried["metadata"], "name": name}}

    def update(self, old: dict[str, Any], *, dry_run: bool) -> dict[str, Any]:
        """Apply the object over `old`, the live one in state. Raises Refused where it is gone from the cluster."""
        wanted = self.inputs
        try:
            if is_kind(wanted, "apiextensions.k8s.io/v1", "CustomResourceDefinition"):
                return self.cluster.replace(wanted, self.manager, dry_run=dry_run)
            uid = at(old, "metadata", "uid")
            if not uid:
                self.cluster.get(wanted)
                return self._apply(wanted, dry_run=dry_run)
            try:
                # With its uid, an object that is gone is not made anew: the server refuses instead.
                guarded = {**wanted, "metadata": {**wanted["metadata"], "uid": uid}}
                return self._apply(guarded, dry_run=dry_run)
            except ApiError as error:
                # 409 says that it is gone, 422 that somebody made another one of its name meanwhile: the official
                # provider, which sends no uid, changes that one.
                if error.code != 409 and not any(cause.get("field") == "metadata.uid" for cause in error.causes):
                    raise
                self.cluster.get(wanted)
                return self._apply(wanted, dry_run=dry_run)
        except Gone as error:
            raise Refused(
                f"{called(old)} is not in the cluster any more; run `pulumi refresh`, and the next update makes it anew"
            ) from error
        except (ApiError, UnknownKind) as error:
            raise Refused(self._why(error)) from error

    def leave(self, ignored: list[str]) -> None:
        """Keep the live values of what ignoreChanges names; leave out what only others own (handleSSAIgnoreFields)."""
        if not ignored:
            return
        with contextlib.suppress(Gone):
            live = self.cluster.get(self.inputs)
            ours, theirs = owned(live, self.manager)
            self.inputs = copy.deepcopy(self.inputs)
            for each in ignored:
                keep(self.inputs, live, each.split("."), ours=ours, theirs=theirs)

    def delete(self, thing: dict[str, Any]) -> None:
        """Delete `thing` and wait until it is gone. What may not be deleted is let go of instead."""
        policy = {"orphan": "Orphan", "background": "Background"}
        said = policy.get(annotation(self.inputs, DELETION_PROPAGATION).lower(), "Foreground")
        try:
            self.cluster.delete(thing, said)
        except Gone:
            return
        except ApiError as error:
            if error.code != 403 or not is_kind(thing, "v1", "Namespace"):
                raise Refused(self._why(error)) from error
            self.cluster.relinquish(thing, self.manager)
            self.engine.warning(self.urn, f"{called(thing)} may not be deleted; it stays, and its fields were let go")
            return
        Waiter(self.cluster, self.engine, self.cancelled).gone(thing, self.awaited)

    def _apply(self, thing: dict[str, Any], *, dry_run: bool = False, force: bool = False) -> dict[str, Any]:
        said = annotation(thing, PATCH_FORCE)
        force = force or said == "true" or (self.force and said != "false")
        try:
            return self.cluster.apply(thing, self.manager, dry_run=dry_run, force=force, warn=self._warner(dry_run))
        except Conflict as error:
            raise Refused(str(error)) from error

    def _warner(self, dry_run: bool) -> Callable[[str], None] | None:
        """Warnings of the API server are shown once: by the preview, or by an update without one."""

        def warn(text: str) -> None:
            if not (self.suppress_deprecations and "deprecated" in text):
                self.engine.warning(self.urn, text)

        return warn

    def _why(self, error: Exception) -> str:
        what = called(self.inputs) if at(self.inputs, "metadata", "name", default=UNKNOWN) is not UNKNOWN else "object"
        return f"{what}: the API server refuses it: {error}"


def owned(live: dict[str, Any], manager: str) -> tuple[list[Any], list[Any]]:
    """The fields (fieldsV1) of a live object that `manager` owns, and those that others do."""
    entries = at(live, "metadata", "managedFields", default=[])
    ours = [each.get("fieldsV1", {}) for each in entries if each.get("manager") == manager]
    return ours, [each.get("fieldsV1", {}) for each in entries if each.get("manager") != manager]


def keep(inputs: dict[str, Any], live: dict[str, Any], path: list[str], *, ours: list[Any], theirs: list[Any]) -> None:
    """Make the field at `path` (without lists) what it is in `live`, or leave it out where only others own it."""
    fields = [f"f:{step}" for step in path]
    holder = at(inputs, *path[:-1]) if len(path) > 1 else inputs
    if not isinstance(holder, dict):
        return

    def has(sets: list[Any]) -> bool:
        return any(at(each, *fields) is not None for each in sets)

    if has(theirs) and not has(ours):
        holder.pop(path[-1], None)
    elif at(live, *path) is not None:
        holder[path[-1]] = at(live, *path)
