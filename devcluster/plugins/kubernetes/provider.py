"""The provider: what the engine asks, answered by a real API server.

Protocol: proto/pulumi/provider.proto of pulumi/pulumi. Behaviour: provider/pkg/provider/provider.go of
pulumi/pulumi-kubernetes v4.
"""

import sys
from typing import Any

from devcluster.plugins.kubernetes import naming, state
from devcluster.plugins.kubernetes.cluster import Gone
from devcluster.plugins.kubernetes.configured import FAILURES
from devcluster.plugins.kubernetes.forms import foreseen, importable
from devcluster.plugins.kubernetes.objects import identity, kind_of, split_identity
from devcluster.plugins.kubernetes.planning import Planning
from devcluster.plugins.kubernetes.shape import inputs_from
from devcluster.plugins.kubernetes.wait import NotReady, Waiter
from devcluster.plugins.protocol.engine import Engine, address_in
from devcluster.plugins.protocol.provider import InitialisationFailed, serve_provider
from devcluster.plugins.protocol.stubs import empty_pb2, grpc, provider_pb2
from devcluster.plugins.protocol.values import has_unknown, read, write


class KubernetesProvider(Planning):
    """Answers the engine. Calls come in parallel."""

    def Create(self, request: Any, context: Any) -> Any:
        given = read(request.properties)
        if not request.preview:
            self._need_cluster(context)
        elif has_unknown(given) or self.cluster.trouble():
            return provider_pb2.CreateResponse(properties=request.properties)
        inputs = state.manifest(given)
        change = self._change(request, inputs, state.field_manager(inputs, {}, naming.new_field_manager()))
        try:
            live = change.preview_create() if request.preview else change.create(upsert=self.settings.upsert)
            if live is None:
                return provider_pb2.CreateResponse(properties=request.properties)
            if request.preview:
                return provider_pb2.CreateResponse(properties=write(self._kept(foreseen(live, inputs), change, given)))
            live = change.wait(live)
        except NotReady as error:
            self._half_done(error, change, given, context)
            raise
        except FAILURES as error:
            context.abort(grpc.StatusCode.UNKNOWN, state.hidden(str(error), given))
            raise
        return provider_pb2.CreateResponse(id=identity(live), properties=write(self._kept(live, change, given)))

    def Update(self, request: Any, context: Any) -> Any:
        given, olds = read(request.news), read(request.olds)
        if not request.preview:
            self._need_cluster(context)
        elif has_unknown(given) or self.cluster.trouble():
            return provider_pb2.UpdateResponse(properties=request.news)
        old_inputs, old_live = state.parse(olds)
        inputs = state.manifest(given)
        old_manager = state.field_manager(old_inputs, olds, naming.new_field_manager())
        change = self._change(request, inputs, state.field_manager(inputs, olds, old_manager))
        try:
            change.leave(list(request.ignoreChanges))
            live = change.update(old_live, dry_run=request.preview)
            if not request.preview:
                live = change.wait(live)
                if old_manager != change.manager:
                    self.cluster.relinquish(live, old_manager)
        except NotReady as error:
            self._half_done(error, change, given, context)
            raise
        except FAILURES as error:
            context.abort(grpc.StatusCode.UNKNOWN, state.hidden(str(error), given))
            raise
        version = olds.get(state.INITIAL_API_VERSION, "")
        return provider_pb2.UpdateResponse(properties=write(self._kept(live, change, given, version)))

    def Delete(self, request: Any, context: Any) -> Any:
        trouble = self.cluster.trouble()
        if trouble and self.settings.delete_unreachable:
            self.engine.warning(request.urn, f"{trouble}; it is dropped from state (deleteUnreachable)")
            return empty_pb2.Empty()
        self._need_cluster(context)
        olds = read(request.properties)
        inputs, live = state.parse(olds)
        change = self._change(request, inputs, state.field_manager(inputs, olds, naming.new_field_manager()))
        try:
            change.delete(live)
        except NotReady as error:
            context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, str(error))
        except FAILURES as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        return empty_pb2.Empty()

    def Read(self, request: Any, context: Any) -> Any:
        """The live object, and the inputs it stands for; an empty answer where it is gone."""
        trouble = self.cluster.trouble()
        if trouble and self.settings.delete_unreachable:
            self.engine.warning(request.urn, f"{trouble}; it is dropped from state (deleteUnreachable)")
            return provider_pb2.ReadResponse()
        self._need_cluster(context)
        given, olds = read(request.inputs), read(request.properties)
        old_inputs, old_live = state.manifest(given), state.parse(olds)[1]
        importing = not old_inputs.get("kind") and not old_live.get("kind")
        version, kind = kind_of(request.urn)
        namespace, name = split_identity(request.id)
        asked = {
            "apiVersion": old_inputs.get("apiVersion") or old_live.get("apiVersion") or version,
            "kind": old_inputs.get("kind") or kind,
            "metadata": {"name": name, **({"namespace": namespace} if namespace else {})},
        }
        try:
            live = self.cluster.get(asked)
        except Gone:
            return provider_pb2.ReadResponse()
        except FAILURES as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
            raise
        inputs = importable(live) if importing else inputs_from(live, old_inputs)
        manager = state.field_manager(inputs, olds, naming.new_field_manager())
        change = self._change(request, inputs, manager)
        kept = self._kept(live, change, given, olds.get(state.INITIAL_API_VERSION, ""))
        marked = state.marked(state.properties(inputs), given)
        try:
            if not importing:
                Waiter(self.cluster, self.engine, self.cancelled).read(live, inputs)
        except NotReady as error:
            InitialisationFailed(
                str(error), id=request.id, state=kept, reasons=[str(error), *error.reasons], inputs=marked
            ).tell(context)
        return provider_pb2.ReadResponse(id=request.id, properties=write(kept), inputs=write(marked))


def main(arguments: list[str]) -> None:
    """Serve the provider until the engine ends it. `arguments` end with the engine's address."""
    serve_provider(KubernetesProvider(Engine(address_in(arguments))))


if __name__ == "__main__":
    main(sys.argv[1:])
