"""Secrets that this program does not make, as the engine reads them: a value of theirs is never shown, and secret in
the state."""

import base64
import json
from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes

from components.manifest import Existing, Reference


class Reading:
    """One run of the program: the Secrets that were read so far, each once.

    `resources` are the objects registered so far, by reference: what an operator makes is read after its object is
    ready, what somebody else keeps after its namespace is there. A preview that makes one of these first can't read.
    """

    def __init__(self, provider: kubernetes.Provider, resources: Mapping[Reference, pulumi.Resource]) -> None:
        self._provider = provider
        self._resources = resources
        self._read: dict[tuple[str, str], pulumi.Output[Mapping[str, str]]] = {}

    def text(self, existing: Existing) -> pulumi.Output[str]:
        """The value of one key; without a key, what changes with any of them. Raises RunError where there is none."""

        def chosen(data: Mapping[str, str]) -> str:
            if existing.key is None:
                return json.dumps(data, sort_keys=True)
            if existing.key not in data:
                keys = ", ".join(sorted(data)) or "none"
                raise pulumi.RunError(
                    f"Secret {existing.namespace}/{existing.name} has no key `{existing.key}`; its keys are: {keys}"
                )
            return base64.b64decode(data[existing.key]).decode()

        return pulumi.Output.secret(self._data(existing).apply(chosen))

    def _data(self, existing: Existing) -> pulumi.Output[Mapping[str, str]]:
        place = existing.namespace, existing.name
        if place not in self._read:
            first = self._resources.get(existing.maker or ("Namespace", existing.namespace))
            name = "/".join(place)
            # As long as the first is not there its id is unknown, and what is unknown is not read.
            where = first.id.apply(lambda _: name) if isinstance(first, pulumi.CustomResource) else name
            options = pulumi.ResourceOptions(provider=self._provider, depends_on=[first] if first else None)
            self._read[place] = kubernetes.core.v1.Secret.get(f"{name}:read", where, options).data
        return self._read[place]
