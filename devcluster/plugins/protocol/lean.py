"""Pulumi's gRPC messages without the rest of its SDK, for the process of a plugin.

`import pulumi` takes 0.28 s (measured, SDK 3.272, CPython 3.11), and every command of Pulumi starts three
plugins, or four with certificates. The messages alone take 0.02 s, and gRPC 0.05 s. They lie inside the package, so
its parents are stood in for by empty modules that only know where to look. In such a process `import pulumi` gives
nothing.
"""

import importlib.util
import sys
import types
from pathlib import Path


def open_the_package() -> None:
    """Let `pulumi.runtime.proto` be imported without its parents. To be called before anything imports pulumi."""
    found = importlib.util.find_spec("pulumi")
    if found is None or not found.submodule_search_locations:
        sys.exit("Pulumi's Python SDK is not in this environment; install the checkout's dependencies")
    root = Path(found.submodule_search_locations[0])
    places = {"pulumi": root, "pulumi.runtime": root / "runtime", "pulumi.runtime.proto": root / "runtime" / "proto"}
    for name, place in places.items():
        module = types.ModuleType(name)
        module.__path__ = [str(place)]
        sys.modules[name] = module
