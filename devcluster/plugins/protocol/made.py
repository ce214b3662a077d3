"""For stand-ins whose resources are values: made once, at creation, and kept in state until an input changes.

Nothing outside of state holds such a value, so all but its making is the same for each of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from devcluster.plugins.protocol.provider import Provider
from devcluster.plugins.protocol.stubs import empty_pb2, provider_pb2
from devcluster.plugins.protocol.values import UNKNOWN, Secret, bare, read, write

Properties = dict[str, Any]
Complaint = tuple[str, str]
"""A property, and a sentence about what is wrong with it."""

Diff = provider_pb2.DiffResponse
Change = provider_pb2.PropertyDiff


def _as_given(inputs: Properties) -> Properties:
    return inputs


def _no_complaint(_: Properties) -> Complaint | None:
    return None


def _never(_: Properties) -> bool:
    return False


@dataclass(frozen=True)
class Kind:
    """One type. What its functions get are inputs with `defaults` filled in, without marks of secrets.

    `make`: the `computed` outputs. `id`: the id, from all outputs. `complain`: what is wrong; a value may be UNKNOWN.
    `fill`: what else is filled in. `secret`: inputs that are secret in the outputs, marked or not. `in_place`: inputs
    whose change makes nothing anew. `stale`: whether a state is to be made anew though no input changed, as `flag`,
    one of `computed`, then says.
    """

    make: Callable[[Properties], Properties]
    computed: tuple[str, ...]
    id: Callable[[Properties], str]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    complain: Callable[[Properties], Complaint | None] = _no_complaint
    fill: Callable[[Properties], Properties] = _as_given
    secret: tuple[str, ...] = ()
    in_place: frozenset[str] = frozenset()
    stale: Callable[[Properties], bool] = _never
    flag: str = ""

    def filled(self, inputs: Properties) -> Properties:
        """`inputs` with what is not said filled in."""
        return self.fill({**self.defaults, **inputs})

    def inputs_in(self, state: Properties) -> Properties:
        """The inputs that a state was made from. The official plugins add notes to it that begin with two lines."""
        return {n: v for n, v in state.items() if n not in self.computed and n != "id" and not n.startswith("__")}

    def outputs(self, inputs: Properties, computed: Properties) -> Properties:
        """What state keeps: filled `inputs`, secrets marked, and `computed`."""
        marked = {name: Secret(bare(inputs[name])) for name in self.secret if name in inputs}
        return {**inputs, **marked, **computed}


class MadeOnce(Provider):
    """Answers the engine for the types in `kinds`."""

    kinds: ClassVar[Mapping[str, Kind]] = {}

    def Check(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        response = provider_pb2.CheckResponse(inputs=request.news)
        wrong = kind.complain(kind.filled(bare(read(request.news))))
        if wrong:
            response.failures.add(property=wrong[0], reason=wrong[1])
        return response

    def Diff(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        changed = changes(kind, bare(read(request.olds)), bare(read(request.news)), list(request.ignoreChanges))
        response = Diff(changes=Diff.DIFF_SOME if changed else Diff.DIFF_NONE, hasDetailedDiff=True)
        for path, how in changed.items():
            response.detailedDiff[path].kind = how
            if how in REPLACING:
                response.replaces.append(path)
        return response

    def Create(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        filled = kind.filled(read(request.properties))
        if request.preview:
            outputs = kind.outputs(filled, dict.fromkeys(kind.computed, UNKNOWN))
            return provider_pb2.CreateResponse(properties=write(outputs))
        outputs = kind.outputs(filled, kind.make(bare(filled)))
        id = kind.id(bare(outputs))
        return provider_pb2.CreateResponse(id=id, properties=write({**outputs, "id": id}))

    def Read(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        if not request.properties.fields:
            self.refuse(context, f"can't import a {request.urn.split('::')[2]}")
        state = read(request.properties)
        if kind.stale(bare(state)):
            state[kind.flag] = True
        inputs = write(kind.inputs_in(read(request.inputs)))
        return provider_pb2.ReadResponse(id=request.id, properties=write(state), inputs=inputs)

    def Update(self, request: Any, context: Any) -> Any:
        # Reached only where nothing that the value was made from has changed: it stays.
        kind = self._kind(request.urn, context)
        olds = read(request.olds)
        kept = {name: olds[name] for name in (*kind.computed, "id") if name in olds}
        if kind.flag:
            kept[kind.flag] = False
        return provider_pb2.UpdateResponse(properties=write(kind.outputs(kind.filled(read(request.news)), kept)))

    def Delete(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def _kind(self, urn: str, context: Any) -> Kind:
        name = urn.split("::")[2].rsplit("$", maxsplit=1)[-1]
        if name not in self.kinds:
            self.refuse(context, f"knows {', '.join(each.split(':')[-1] for each in self.kinds)}, not {name}")
            raise LookupError(name)
        return self.kinds[name]


REPLACING = frozenset({Change.ADD_REPLACE, Change.UPDATE_REPLACE, Change.DELETE_REPLACE})


def changes(kind: Kind, state: Properties, inputs: Properties, ignored: list[str]) -> dict[str, Any]:
    """Each property that differs between `state` and new `inputs`, and how; inside of mappings, each of their keys.

    All of them replace but those in `kind.in_place`; so does `kind.flag` when the time has come.
    """
    before, after = kind.filled(kind.inputs_in(state)), kind.filled(inputs)
    found: dict[str, Any] = {}

    def compare(path: str, old: Properties, new: Properties) -> None:
        for name in sorted({*old, *new}):
            here = f"{path}.{name}" if path else name
            if here in ignored or path in ignored or old.get(name) == new.get(name):
                continue
            if not path and isinstance(old.get(name), dict) and isinstance(new.get(name), dict):
                compare(here, old[name], new[name])
            elif here in kind.in_place:
                found[here] = Change.UPDATE
            elif name not in old:
                found[here] = Change.ADD_REPLACE
            else:
                found[here] = Change.UPDATE_REPLACE if name in new else Change.DELETE_REPLACE

    compare("", before, after)
    if kind.stale({**state, **after}):
        found[kind.flag] = Change.UPDATE_REPLACE
    return found
