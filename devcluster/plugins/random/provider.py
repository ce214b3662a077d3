"""The provider: a value is drawn once, at creation, and stays in state until an input changes."""

import sys
from typing import Any

from devcluster.plugins.protocol.engine import Engine, address_in
from devcluster.plugins.protocol.provider import Provider, serve_provider
from devcluster.plugins.protocol.stubs import empty_pb2, provider_pb2
from devcluster.plugins.protocol.values import UNKNOWN, bare, has_unknown, read, write
from devcluster.plugins.random.kinds import KINDS, Kind

Diff = provider_pb2.DiffResponse


class RandomProvider(Provider):
    """Answers the engine for the types in KINDS; every change of an input replaces, as with the official plugin."""

    package = "random"

    def Check(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        news = read(request.news)
        response = provider_pb2.CheckResponse(inputs=request.news)
        wrong = None if has_unknown(news) else kind.complaint(kind.fill(bare(news)))
        if wrong:
            response.failures.add(property=wrong[0], reason=wrong[1])
        return response

    def Diff(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        olds, news = read(request.olds), read(request.news)
        before = {name: value for name, value in bare(olds).items() if name not in kind.computed and name != "id"}
        changed = changes(kind.fill(before), kind.fill(bare(news)), list(request.ignoreChanges))
        response = Diff(changes=Diff.DIFF_SOME if changed else Diff.DIFF_NONE, hasDetailedDiff=True)
        for path, how in changed.items():
            response.detailedDiff[path].kind = how
            response.replaces.append(path)
        return response

    def Create(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        inputs = read(request.properties)
        filled = kind.fill(inputs)
        if request.preview:
            unknown = dict.fromkeys(kind.computed, UNKNOWN)
            return provider_pb2.CreateResponse(properties=write({**filled, **unknown}))
        outputs = {**filled, **kind.draw(bare(filled))}
        id = kind.id(bare(outputs))
        return provider_pb2.CreateResponse(id=id, properties=write({**outputs, "id": id}))

    def Read(self, request: Any, context: Any) -> Any:
        kind = self._kind(request.urn, context)
        if not request.properties.fields:
            self.refuse(context, f"can't import a {request.urn.split('::')[2]}")
        inputs = {name: value for name, value in read(request.inputs).items() if name not in kind.computed}
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=write(inputs))

    def Update(self, request: Any, context: Any) -> Any:
        # Reached only where every changed input is ignored or equal: the value stays.
        return provider_pb2.UpdateResponse(properties=write({**read(request.olds), **read(request.news)}))

    def Delete(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def _kind(self, urn: str, context: Any) -> Kind:
        name = urn.split("::")[2].rsplit("$", maxsplit=1)[-1]
        if name not in KINDS:
            self.refuse(context, f"knows {', '.join(each.split(':')[-1] for each in KINDS)}, not {name}")
            raise LookupError(name)
        return KINDS[name]


def changes(before: dict[str, Any], after: dict[str, Any], ignored: list[str]) -> dict[str, Any]:
    """Each property (and each keeper) that differs, with its kind of change; all of them replace."""
    kinds = provider_pb2.PropertyDiff
    found: dict[str, Any] = {}

    def compare(path: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        for name in sorted({*old, *new}):
            here = f"{path}.{name}" if path else name
            if here in ignored or path in ignored or old.get(name) == new.get(name):
                continue
            if name == "keepers" and not path and isinstance(old.get(name), dict) and isinstance(new.get(name), dict):
                compare(here, old[name], new[name])
            elif name not in old:
                found[here] = kinds.ADD_REPLACE
            else:
                found[here] = kinds.UPDATE_REPLACE if name in new else kinds.DELETE_REPLACE

    compare("", before, after)
    return found


def main(arguments: list[str]) -> None:
    """Serve the provider until the engine ends it. `arguments` end with the engine's address."""
    serve_provider(RandomProvider(Engine(address_in(arguments))))


if __name__ == "__main__":
    main(sys.argv[1:])
