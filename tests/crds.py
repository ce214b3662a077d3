"""The custom resources that the program makes, against the schemas of the releases that define them.

    crds.mistakes(manifest, "1.30")   what an API server with CloudNativePG 1.30 would not take; empty where all is well
    crds.definitions(group)           the CustomResourceDefinitions themselves, for an API server

The releases come from Go's module proxy into Go's module cache, verified against the go.sum beside their go.mod
(devcluster/build/crds, devcluster/build/cloudnativepg); what is read from them is kept, reduced to the schemas, in the
cache of the tools. A machine without Go gets one from PyPI, as it does for the tools.
"""

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from devcluster import paths
from devcluster.build import versions
from devcluster.operators import release
from devcluster.toolchain import go_module, install
from tests import infisical, openapi

Object = dict[str, Any]

OPERATORS = tuple(versions.CLOUDNATIVEPG)
"""The versions of CloudNativePG whose schemas are known: "1.28", "1.30"."""


@dataclass(frozen=True)
class Source:
    """Where the definitions of an API group are: files of a Go module, which the go.mod in `pins` requires."""

    module: str
    files: tuple[str, ...]
    pins: str = "crds"


_SOURCES = {
    "barmancloud.cnpg.io": Source("github.com/cloudnative-pg/plugin-barman-cloud", ("config/crd/bases/*.yaml",)),
    "bitnami.com": Source("github.com/bitnami-labs/sealed-secrets", ("helm/sealed-secrets/crds/*.yaml",)),
    "cert-manager.io": Source("github.com/cert-manager/cert-manager", ("deploy/crds/cert-manager.io_*.yaml",)),
    "external-secrets.io": Source(
        "github.com/external-secrets/external-secrets", ("config/crds/bases/external-secrets.io_*.yaml",)
    ),
    "monitoring.coreos.com": Source(
        "github.com/prometheus-operator/prometheus-operator",
        tuple(
            f"example/prometheus-operator-crd/monitoring.coreos.com_{kind}.yaml"
            for kind in ("podmonitors", "prometheusrules", "servicemonitors")
        ),
    ),
}
_WRITTEN = {infisical.GROUP: infisical.DEFINITIONS}
"""Definitions that no module brings."""

GROUPS = (release.GROUP, *_SOURCES, *_WRITTEN)
"""Every API group that is known here."""


def source(group: str, operator: str = OPERATORS[-1]) -> Source:
    """Where the definitions of `group` are; `operator` says which CloudNativePG. Raises LookupError."""
    if group == release.GROUP:
        build, version = versions.CLOUDNATIVEPG_BUILDS[operator], release.known(operator)
        return Source(release.MODULE, (f"releases/cnpg-{version}.yaml",), build.module)
    if group not in _SOURCES:
        raise LookupError(f"no definitions of {group} are known here; known are those of {', '.join(GROUPS)}")
    return _SOURCES[group]


def definitions(group: str, operator: str = OPERATORS[-1]) -> list[Object]:
    """The CustomResourceDefinitions of `group` as they are released. Raises LookupError, CommandFailed or NoGo."""
    if group in _WRITTEN:
        return list(_WRITTEN[group])
    wanted = source(group, operator)
    folder = go_module.folder(install.MODULES / wanted.pins, wanted.module, lambda _: None)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = (
        document
        for pattern in wanted.files
        for file in sorted(folder.glob(pattern))
        for document in yaml.load_all(file.read_text(), loader)
    )
    return [one for one in found if one and one["kind"] == "CustomResourceDefinition"]


@functools.cache
def _schemas(group: str, operator: str) -> dict[str, str]:
    """apiVersion/kind → strict schema as JSON, from the cache where nothing changed since it was written."""
    if group in _WRITTEN:
        return _strict(group, operator)
    wanted = source(group, operator)
    pins = install.MODULES / wanted.pins
    decided = [repr(wanted).encode(), *((pins / name).read_bytes() for name in ("go.mod", "go.sum"))]
    decided += [Path(file).read_bytes() for file in (__file__, openapi.__file__)]
    file = paths.CACHE / "crds" / f"{group}-{hashlib.sha256(b'|'.join(decided)).hexdigest()[:16]}.json"
    if file.exists():
        return json.loads(file.read_text())
    found = _strict(group, operator)
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(found))
    partial.replace(file)
    return found


def _strict(group: str, operator: str) -> dict[str, str]:
    return {
        f"{group}/{each['name']}/{one['spec']['names']['kind']}": json.dumps(
            openapi.strict(each["schema"]["openAPIV3Schema"])
        )
        for one in definitions(group, operator)
        for each in one["spec"]["versions"]
        if each["served"]
    }


def kinds(group: str, operator: str = OPERATORS[-1]) -> tuple[str, ...]:
    """The kinds of `group` that are known, each as apiVersion/kind. Raises as `definitions` does."""
    return tuple(_schemas(group, operator))


def mistakes(manifest: Object, operator: str = OPERATORS[-1]) -> list[str]:
    """Why an API server with these operators would not take `manifest`, a custom resource; empty where it would.

    `operator` is the version of CloudNativePG. An unknown field, kind or version is a mistake, as with
    `kubectl --validate=strict`. Raises LookupError for an object of a group that is not known here.
    """
    group = manifest["apiVersion"].partition("/")[0]
    known = _schemas(group, operator)
    wanted = f"{manifest['apiVersion']}/{manifest['kind']}"
    if wanted not in known:
        return [f"there is no {wanted}; there are {', '.join(sorted(known))}"]
    return openapi.mistakes(_judge(known[wanted]), manifest)


@functools.cache
def _judge(schema: str) -> Any:
    return openapi.judge(json.loads(schema))
