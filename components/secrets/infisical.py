"""InfisicalSecret (v1alpha1) and InfisicalStaticSecret (v1beta1): what Infisical's operator makes a Secret of.

Source: Infisical/kubernetes-operator api/v1alpha1/common.go, infisicalsecret_types.go; api/v1beta1/
infisicalstaticsecret_types.go; the conditions in internal/services. Both give a template `.KEY.Value`.
"""

from typing import Any

from components.manifest import Infisical, Manifest, markers_in
from components.names import WAIT_FOR, Scope
from components.secrets.template import Wanted, quoted, template
from components.settings.sources import Infisical as Settings

KINDS = ("InfisicalSecret", "InfisicalStaticSecret")

_GROUP = "secrets.infisical.com"


def _expression(value: Infisical) -> str:
    return f"(index . {quoted(value.key)}).Value"


def made(scope: Scope, wanted: Wanted) -> Manifest:
    """The object of `wanted`. Raises ValueError where values are of several folders: it reads one."""
    settings = scope.sources.infisical
    if settings is None:
        raise ValueError(f"{wanted.name}: the settings have no `sources.infisical`")
    paths = {value.path for value in markers_in(wanted.entries) if isinstance(value, Infisical)}
    if len(paths) != 1:
        raise ValueError(f"{wanted.name}: values of one folder of Infisical, not of {', '.join(sorted(paths))}")
    data = {key: template(entry, _expression) for key, entry in wanted.entries.items()}
    make = _static if settings.form == "v1beta1" else _secret
    kind, version, spec, condition = make(settings, scope.namespace, wanted, paths.pop(), data)
    annotations, labels = {WAIT_FOR: f"condition={_GROUP}/{condition}"}, wanted.labels
    return scope.manifest(
        f"{_GROUP}/{version}", kind, wanted.name, {"spec": spec}, labels=labels, annotations=annotations, keep=True
    )


Parts = tuple[str, str, dict[str, Any], str]
"""Kind, version, spec, and the condition that says that the Secret is there."""


def _secret(settings: Settings, namespace: str, wanted: Wanted, path: str, data: dict[str, str]) -> Parts:
    """The Secret gets the labels of the object itself: what is in `template.metadata`, older operators don't know."""
    reference = {
        "secretName": wanted.name,
        "secretNamespace": namespace,
        "secretType": wanted.secret_type,
        "creationPolicy": "Owner",
        "template": {"data": data},
    }
    legacy = settings.form == "legacy"
    scoped = {"projectSlug": settings.project_slug, "envSlug": settings.env_slug, "secretsPath": path}
    credentials = settings.credentials.model_dump(by_alias=True) if settings.credentials else {}
    spec = {
        **({"hostAPI": settings.host_api} if settings.host_api else {}),
        "resyncInterval": settings.resync_interval,
        "authentication": {"universalAuth": {"credentialsRef": credentials, "secretsScope": scoped}},
        **({"managedSecretReference": reference} if legacy else {"managedKubeSecretReferences": [reference]}),
    }
    return "InfisicalSecret", "v1alpha1", spec, "ReadyToSyncSecrets"


def _static(settings: Settings, namespace: str, wanted: Wanted, path: str, data: dict[str, str]) -> Parts:
    target = {
        "name": wanted.name,
        "namespace": namespace,
        "kind": "Secret",
        "secretType": wanted.secret_type,
        "creationPolicy": "Owner",
        "metadata": {"labels": dict(wanted.labels), "annotations": {}},
        "template": {"engineVersion": "v1", "data": data},
    }
    source = {"projectId": settings.project_id, "environmentSlug": settings.env_slug, "secretPath": path}
    spec = {
        "infisicalAuthRef": settings.auth.model_dump(by_alias=True) if settings.auth else {},
        "syncOptions": {"refreshInterval": f"{settings.resync_interval}s"},
        "sources": [source],
        "targets": [target],
    }
    return "InfisicalStaticSecret", "v1beta1", spec, "LastReconcileStatus"
