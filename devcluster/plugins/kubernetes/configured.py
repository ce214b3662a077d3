"""The part of the provider that knows which cluster it works on."""

import threading
from typing import Any

from devcluster.plugins.kubernetes import state
from devcluster.plugins.kubernetes.change import Change, Refused
from devcluster.plugins.kubernetes.client import ApiError, Unreachable
from devcluster.plugins.kubernetes.cluster import Cluster, Gone
from devcluster.plugins.kubernetes.discovery import UnknownKind
from devcluster.plugins.kubernetes.kubeconfig import NoCluster, active, merged
from devcluster.plugins.kubernetes.objects import identity
from devcluster.plugins.kubernetes.settings import Settings
from devcluster.plugins.kubernetes.wait import NotReady
from devcluster.plugins.protocol.engine import Engine
from devcluster.plugins.protocol.provider import InitialisationFailed, Provider
from devcluster.plugins.protocol.stubs import empty_pb2, grpc, provider_pb2
from devcluster.plugins.protocol.values import has_unknown, read

FAILURES = (ApiError, Gone, NoCluster, Refused, UnknownKind, Unreachable)
"""What a change or a look can end with, each with a sentence for the user."""


class Configured(Provider):
    """The provider's configuration, and what its calls share. The cluster is tried once, at the first that needs it."""

    package = "kubernetes"

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.cancelled = threading.Event()
        self.use(Settings())

    def use(self, settings: Settings) -> None:
        """Work with these settings from now on."""
        self.settings = settings
        self.cluster = Cluster(settings)
        self._told = threading.Lock()

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Another cluster replaces the provider, and with it everything it made; other options only update it."""
        olds, news = read(request.old_inputs or request.olds), read(request.news)
        names = {name for name in {*olds, *news} if olds.get(name) != news.get(name)} - {"version", "pluginDownloadURL"}
        kind = provider_pb2.DiffResponse.DIFF_SOME if names else provider_pb2.DiffResponse.DIFF_NONE
        response = provider_pb2.DiffResponse(changes=kind, diffs=sorted(names))
        if names & {"kubeconfig", "context", "cluster"} and _target(olds) != _target(news):
            response.replaces.extend(sorted(names & {"kubeconfig", "context", "cluster"}))
        return response

    def Configure(self, request: Any, context: Any) -> Any:
        self.use(Settings.read(dict(request.variables)))
        if not self.settings.server_side_apply:
            self.engine.warning("", "enableServerSideApply is false; the stand-in for kubernetes applies on the server")
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, supports_autonaming_configuration=True
        )

    def Cancel(self, request: Any, context: Any) -> Any:
        self.cancelled.set()
        return empty_pb2.Empty()

    def _need_cluster(self, context: Any) -> None:
        """End the call where the cluster can't be used. The first says why; the others only that it was said."""
        trouble = self.cluster.trouble()
        if not trouble:
            return
        first = self._told.acquire(blocking=False)
        context.abort(
            grpc.StatusCode.UNAVAILABLE, trouble if first else "the cluster can't be used; see the first error"
        )

    def _change(self, request: Any, inputs: dict[str, Any], manager: str) -> Change:
        return Change(
            cluster=self.cluster,
            engine=self.engine,
            cancelled=self.cancelled,
            urn=request.urn,
            inputs=inputs,
            manager=manager,
            timeout=getattr(request, "timeout", 0.0),
            force=self.settings.patch_force,
            suppress_deprecations=self.settings.suppress_deprecations,
        )

    def _kept(self, live: dict[str, Any], change: Change, given: dict[str, Any], version: str = "") -> dict[str, Any]:
        api_version = version or str(change.inputs.get("apiVersion"))
        return state.checkpoint(live, change.inputs, given, api_version=api_version, field_manager=change.manager)

    def _half_done(self, error: NotReady, change: Change, given: dict[str, Any], context: Any) -> None:
        """The object is there, but not ready: it goes to state, and the next update waits for it again."""
        kept = self._kept(error.live, change, given)
        InitialisationFailed(
            str(error), id=identity(error.live), state=kept, reasons=[str(error), *error.reasons]
        ).tell(context)


def _target(inputs: dict[str, Any]) -> Any:
    """The cluster that a provider's inputs name, as the kubeconfig tells it; None where that can't be told."""
    if has_unknown(inputs):
        return None
    settings = Settings.read(inputs)
    try:
        return active(merged(settings.kubeconfig), settings.context, settings.cluster)[0]
    except NoCluster:
        return None
