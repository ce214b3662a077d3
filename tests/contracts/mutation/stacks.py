"""The stacks that are broken and edited: every real one, and one with everything optional.

What the pods declare about their code is added here as long as components/ does not write it.
"""

import functools
import sys
from pathlib import Path
from typing import Any

from contracts import declared

_UNIT = str(Path(__file__).resolve().parents[2] / "unit")
if _UNIT not in sys.path:
    sys.path.append(_UNIT)

import plans  # noqa: E402 # pyright: ignore[reportMissingImports] (found by the line above)

from components.manifest import shown  # noqa: E402
from components.settings.system import System  # noqa: E402

Body = dict[str, Any]

_SERVER = "POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB PGDATA POSTGRES_INITDB_ARGS"
_PSQL = "PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD"
_CERTIFICATE: Body = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "observer-tls", "namespace": "observer-full"},
    "type": "kubernetes.io/tls",
    "stringData": {"tls.crt": "<configured certificate>", "tls.key": "<configured key>"},
}
"""What somebody else puts there for the Ingress of `everything`."""


@functools.cache
def every() -> dict[str, list[Body]]:
    """Stack → its objects as they will be applied, with markers where secrets will be."""
    found = {}
    for name in [*plans.STACKS, "everything"]:
        system = plans.system("dev", plans.EVERYTHING) if name == "everything" else plans.system(name)
        objects = [shown(manifest.body) for manifest in plans.compose(system).manifests]
        found[name] = [_declaring(body, system) for body in objects]
    found["everything"].append(_CERTIFICATE)
    return found


def _declaring(body: Body, system: System) -> Body:
    """`body` with the annotations of its pods that components/ does not write yet."""
    template = body.get("spec", {}).get("template")
    if template is None:
        return body
    said = _said(body["kind"], body["metadata"]["name"], system)
    annotations = template["metadata"].setdefault("annotations", {})
    for key, value in said.items():
        if value:
            annotations.setdefault(key, value)
    return body


def _said(kind: str, name: str, system: System) -> dict[str, str]:
    database = system.database
    if kind == "StatefulSet":
        roles = database.roles
        names = roles.model_dump().values()
        return {
            declared.READS: _SERVER,
            declared.DATABASES: f"postgres template1 {database.name}",
            declared.ROLES: " ".join(names),
        }
    if name.startswith(f"{database.service}-bootstrap-"):
        return {declared.READS: f"{_PSQL} OWNER_PASSWORD APP_PASSWORD READER_PASSWORD"}
    if kind == "Job":
        owner = next(app for app in system.apps if name.startswith(f"{app}-migration-"))
        fields = " ".join(system.apps[owner].connection.fields)
        return {declared.READS: _PSQL, f"{declared.READS}.look-up": _PSQL, f"{declared.READS}.migrate": fields}
    app = system.apps[name]
    paths = {variable: value for variable, value in app.variables.items() if str(value).startswith("/")}
    files = [volume.path for volume in app.volumes.values() if volume.files is not None]
    return {
        declared.READS: " ".join([*app.variables, *app.connection.fields, *app.secrets]),
        declared.PATHS: " ".join(f"{variable}={value}" for variable, value in paths.items()),
        declared.READ_ONLY_PATHS: " ".join(v for v, path in paths.items() if path in files),
    }
