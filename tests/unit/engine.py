"""A recording engine: what a real one would be told about each resource, kept as it was sent.

Pulumi's own mocks keep neither parent, protection nor dependencies, accept two resources with one URN, and lose
errors of one test in the next (pulumi/pulumi#7746). Here a program runs as the language host runs it, in an event
loop and a context of its own, and what it registers is read from the requests themselves.
"""

import asyncio
import contextvars
import runpy
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import json_format
from pulumi.runtime import config as runtime_config
from pulumi.runtime import mocks, settings, stack
from pulumi.runtime.proto import engine_pb2, resource_pb2

from devcluster.plugins.protocol.values import bare, read, write
from devcluster.plugins.tls.kinds import KINDS as CERTIFICATES

ROOT = Path(__file__).resolve().parent.parent.parent

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
"""The keys under which the engine's protocol marks a value, and the mark of a secret (sdk/proto)."""


@dataclass(frozen=True)
class Registered:
    """One resource. `inputs` are in clear; `secrets` are the paths in them that were sent as secrets."""

    urn: str
    type: str
    name: str
    custom: bool
    inputs: dict[str, Any]
    secrets: frozenset[tuple[str, ...]]
    parent: str
    protect: bool
    retain: bool
    ignored: tuple[str, ...]
    dependencies: frozenset[str]
    deleted_with: str
    provider: str
    hooks: tuple[str, ...]


def _clear(value: Any, path: tuple[str, ...], found: set[tuple[str, ...]]) -> Any:
    """`value` without the marks of secrets; their paths go to `found`."""
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            found.add(path)
            return _clear(value["value"], path, found)
        return {key: _clear(item, (*path, key), found) for key, item in value.items()}
    if isinstance(value, list):
        return [_clear(item, (*path, str(index)), found) for index, item in enumerate(value)]
    return value


@dataclass
class Recording:
    """What one run of a program did, in the order in which it did it."""

    resources: list[Registered] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: set[tuple[str, ...]] = field(default_factory=set)
    messages: list[str] = field(default_factory=list)
    existing: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """namespace/name → content of the Secrets that the cluster has already, for who reads one."""
    stacks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Full name → outputs of the other stacks that there are."""
    read: list[tuple[str, str, str, frozenset[str]]] = field(default_factory=list)
    """(name, id, provider, URNs that it waits for) of each resource that was read."""

    def of_type(self, kind: str) -> list[Registered]:
        """The resources whose type ends with `kind`."""
        return [resource for resource in self.resources if resource.type.endswith(f":{kind}")]

    def urn(self, urn: str) -> Registered:
        return next(resource for resource in self.resources if resource.urn == urn)


class _Monitor(mocks.MockMonitor):
    """Pulumi's mock monitor, but every request is kept and a second one for the same URN is an error."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(_Providers(recording))
        self._recording = recording
        self._urns: set[str] = set()

    def RegisterResource(self, request: Any) -> Any:
        urn = self.make_urn(request.parent, request.type, request.name)
        if urn in self._urns:
            raise AssertionError(f"duplicate URN {urn}: a real engine refuses the second")
        self._urns.add(urn)
        # What comes back is what was sent; the mock monitor's own way there leaves an event loop open in each thread.
        answer = resource_pb2.RegisterResourceResponse(urn=urn, id=f"{request.name}-id", object=request.object)
        if request.type == "pulumi:pulumi:Stack":
            return answer
        if request.type == "random:index/randomPassword:RandomPassword":
            answer.object["result"] = password(request.name, int(request.object["length"]))
        if request.type in CERTIFICATES:
            kind = CERTIFICATES[request.type]
            inputs = kind.filled(bare(read(request.object)))
            answer.object.MergeFrom(write(kind.outputs(inputs, kind.make(inputs))))
        found: set[tuple[str, ...]] = set()
        inputs = _clear(json_format.MessageToDict(request.object), (), found)
        self._recording.resources.append(
            Registered(
                urn=answer.urn,
                type=request.type,
                name=request.name,
                custom=request.custom,
                inputs=inputs,
                secrets=frozenset(found),
                parent=request.parent,
                protect=request.protect,
                retain=request.retainOnDelete,
                ignored=tuple(request.ignoreChanges),
                dependencies=frozenset(request.dependencies),
                deleted_with=request.deletedWith,
                provider=request.provider,
                hooks=tuple(request.hooks.before_update),
            )
        )
        return answer

    def ReadResource(self, request: Any) -> Any:
        self._recording.read.append((request.name, request.id, request.provider, frozenset(request.dependencies)))
        return super().ReadResource(request)

    def RegisterResourceOutputs(self, request: Any) -> Any:
        if "::pulumi:pulumi:Stack::" in request.urn:
            outputs = json_format.MessageToDict(request.outputs)
            self._recording.outputs = _clear(outputs, (), self._recording.secret_outputs)
        return super().RegisterResourceOutputs(request)


class _Unknown(grpc.RpcError):
    """How an engine answers who asks for the outputs of a stack that is not there."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return f'unknown stack "{self._name}"'


class _Providers(mocks.Mocks):
    """There are none: what is registered comes back as it was sent, and nothing may be asked of a cluster but the
    Secrets that it is said to have."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        place = args.resource_id or ""
        if args.typ != "kubernetes:core/v1:Secret" or place not in self._recording.existing:
            raise AssertionError(f"{args.name} was read: the plan may not depend on what a cluster has")
        content = self._recording.existing[place]
        return place, {"data": {key: b64encode(value.encode()).decode() for key, value in content.items()}}

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token == "pulumi:pulumi:readStackOutputs":
            name = args.args["name"]
            if name not in self._recording.stacks:
                raise _Unknown(name)
            return {"name": name, "outputs": self._recording.stacks[name], "secretOutputNames": []}
        raise AssertionError(f"{args.token} was invoked: the plan may not depend on what a cluster answers")


def password(name: str, length: int = 40) -> str:
    """The password that this engine makes for the RandomPassword `name`: told apart from every other text."""
    return f"Generated{''.join(filter(str.isalnum, name))}".ljust(length, "Z")[:length]


class _Log(mocks.MockEngine):
    def __init__(self, recording: Recording) -> None:
        super().__init__(None)
        self._recording = recording

    def Log(self, request: Any) -> None:
        if request.severity != engine_pb2.DEBUG:
            self._recording.messages.append(request.message)


def record(
    program: Callable[[], None],
    *,
    stack_name: str,
    config: Mapping[str, str],
    secrets: Mapping[str, str],
    into: Recording | None = None,
    preview: bool = False,
) -> Recording:
    """Run `program` as the language host does and return what it registered, in `into` where that is given.

    `config` and `secrets` have full keys and texts, as the engine hands them over. An error of the program, of a
    registration or of an apply is raised here.
    """
    recording = into if into is not None else Recording()

    def run() -> None:
        settings.reset_options(project="postgres-apps", stack=stack_name)
        runtime_config.set_all_config({**config, **secrets}, list(secrets))
        monitor = _Monitor(recording)
        features = set(monitor.GetDeploymentInfo(None).supportedFeatures)
        settings.configure(
            mocks.MockSettings(
                monitor=monitor,
                monitor_features=features,
                engine=_Log(recording),
                project="postgres-apps",
                stack=stack_name,
                dry_run=preview,
                organization="organization",
                callbacks=None,
            )
        )
        settings.SETTINGS.outputs.clear()  # type: ignore[attr-defined]
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(stack.run_in_stack(program))
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()
            asyncio.set_event_loop(None)

    contextvars.copy_context().run(run)
    return recording


def main_program() -> None:
    """The real __main__.py, as the language host runs it."""
    runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")
