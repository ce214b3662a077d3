"""What every stand-in for a provider answers in the same way."""

import importlib.util
import json
from pathlib import Path
from typing import Any

from devcluster.plugins.protocol.engine import Engine
from devcluster.plugins.protocol.serve import serve
from devcluster.plugins.protocol.stubs import (
    empty_pb2,
    grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)
from devcluster.plugins.protocol.values import read, write


class InitialisationFailed(Exception):
    """The object exists, but isn't what it is to become. State keeps it, and the next update waits for it again.

    `id`, `state` and `inputs` are what the engine writes to state; `reasons` are shown one by one.
    """

    def __init__(self, text: str, *, id: str, state: dict[str, Any], reasons: list[str], inputs: Any = None) -> None:
        super().__init__(text)
        self.id, self.state, self.reasons, self.inputs = id, state, reasons, inputs

    def tell(self, context: Any) -> None:
        """End the call with this error, its details where the engine looks for them (sdk/go/common/util/rpcutil)."""
        detail = provider_pb2.ErrorResourceInitFailed(id=self.id, reasons=self.reasons)
        detail.properties.CopyFrom(write(self.state))
        if self.inputs is not None:
            detail.inputs.CopyFrom(write(self.inputs))
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=str(self))
        status.details.add().Pack(detail)
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, str(self))


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The base of a stand-in. `package` is the name before the first colon of its types."""

    package = ""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=sdk_version(self.package))

    def Attach(self, request: Any, context: Any) -> Any:
        self.engine = Engine(request.address)
        return empty_pb2.Empty()

    def GetSchema(self, request: Any, context: Any) -> Any:
        self.refuse(context, "has no schema; the official provider's is on pulumi.com/registry")

    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        changed = read(request.old_inputs or request.olds) != read(request.news)
        kind = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=kind)

    def Configure(self, request: Any, context: Any) -> Any:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Invoke(self, request: Any, context: Any) -> Any:
        self.refuse(context, f"can't call the function {request.tok}")

    def Call(self, request: Any, context: Any) -> Any:
        self.refuse(context, f"can't call the method {request.tok}")

    def Construct(self, request: Any, context: Any) -> Any:
        self.refuse(context, f"can't make the component {request.type} (charts, YAML and kustomize files)")

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def refuse(self, context: Any, what: str) -> None:
        """End the call: this stand-in can't do `what`, and the official plugin can."""
        context.abort(
            grpc.StatusCode.UNIMPLEMENTED,
            f"the stand-in for pulumi-resource-{self.package} {what}; "
            f"install the official one (`pulumi plugin install resource {self.package}`)",
        )


def sdk_version(package: str) -> str:
    """The version of the SDK package beside this stand-in, "0.0.0" without one. It is what the engine compares with
    what a program asks for: another one, and it warns in each run that the wrong plugin may be on the path."""
    found = importlib.util.find_spec(f"pulumi_{package}")
    if found is None or not found.origin:
        return "0.0.0"
    try:
        return json.loads((Path(found.origin).parent / "pulumi-plugin.json").read_text())["version"]
    except (OSError, ValueError, KeyError):
        return "0.0.0"


def serve_provider(provider: Provider) -> None:
    """Serve `provider` until the engine ends this process."""
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))
