"""The part of the provider that plans: inputs are filled in, and compared with what is there."""

from typing import Any

from devcluster.plugins.kubernetes import diff, naming, state
from devcluster.plugins.kubernetes.configured import FAILURES, Configured
from devcluster.plugins.kubernetes.objects import (
    READ_ONLY,
    REPLACE_UNREADY,
    WAIT_FOR,
    NotAKind,
    annotation,
    condition,
    kind_of,
    name_in,
    says,
)
from devcluster.plugins.kubernetes.readiness.wait_for import NotAnExpression, expressions
from devcluster.plugins.protocol.stubs import provider_pb2
from devcluster.plugins.protocol.values import read, write

KINDS = provider_pb2.PropertyDiff


class Planning(Configured):
    """Check and Diff, which come before every change and, for most objects, instead of one."""

    def Check(self, request: Any, context: Any) -> Any:
        """Fill in the name and the namespace. The API server itself judges the rest, by the dry run of a preview."""
        try:
            api_version, kind = kind_of(request.urn)
        except NotAKind as error:
            self.refuse(context, f"can't do this: {error}")
            raise
        self._need_cluster(context)
        given, olds = read(request.news), state.manifest(read(request.olds))
        inputs = {"apiVersion": api_version, "kind": kind, **state.manifest(given)}
        response = provider_pb2.CheckResponse()
        try:
            inputs = naming.with_name(inputs, olds, request, name_in(request.urn))
            expressions(annotation(inputs, WAIT_FOR) or "condition=Ready")
        except naming.NoName as error:
            response.failures.add(property="metadata.name", reason=str(error))
        except NotAnExpression as error:
            response.failures.add(property="metadata.annotations", reason=str(error))
        checked = state.marked(state.properties(self._in_namespace(inputs)), given)
        response.inputs.CopyFrom(write(checked))
        return response

    def _in_namespace(self, inputs: dict[str, Any]) -> dict[str, Any]:
        meta = inputs.get("metadata", {})
        if not isinstance(meta, dict):
            return inputs
        meta = {name: value for name, value in meta.items() if name not in READ_ONLY}
        try:
            namespaced = self.cluster.place(inputs).namespaced
        except (*FAILURES, AttributeError):
            namespaced = True  # A kind that the same program brings along, most likely.
        if namespaced:
            meta.setdefault("namespace", self.cluster.default_namespace)
        else:
            meta.pop("namespace", None)
        return {**inputs, "metadata": meta}

    def Diff(self, request: Any, context: Any) -> Any:
        old_inputs, live = state.parse(read(request.olds))
        new = state.manifest(read(request.news))
        changes = diff.compare(
            live,
            old_inputs,
            new,
            ignored=list(request.ignoreChanges),
            mutable_config_maps=self.settings.mutable_config_maps,
            mutable_secrets=self.settings.mutable_secrets,
        )
        if says(new, REPLACE_UNREADY) and new.get("kind") == "Job" and self._is_unfinished(live):
            changes.replacing.append(f'metadata.annotations["{REPLACE_UNREADY}"]')
            changes.delete_first = diff.keeps_its_name(live, new)
        response = provider_pb2.DiffResponse(hasDetailedDiff=True, deleteBeforeReplace=changes.delete_first)
        some = bool(changes.kinds or changes.replacing)
        response.changes = provider_pb2.DiffResponse.DIFF_SOME if some else provider_pb2.DiffResponse.DIFF_NONE
        for path, kind in changes.kinds.items():
            name = f"{kind}_REPLACE" if path in changes.replacing else kind
            response.detailedDiff[path].kind = KINDS.Kind.Value(name)
            # stringData is never in the live object; only the inputs have it to compare.
            response.detailedDiff[path].inputDiff = kind == diff.DELETE or path.startswith("stringData")
        response.replaces.extend(changes.replacing)
        return response

    def _is_unfinished(self, live: dict[str, Any]) -> bool:
        if self.cluster.trouble():
            return False
        try:
            return condition(self.cluster.get(live), "Complete").get("status") != "True"
        except FAILURES:
            return False
