"""What is asked before the engine touches an object, at preview too, where a no ends the run; and what it waits for
behind one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pulumi

from components import changes, identity
from components.compose import OPERATOR, Part
from components.manifest import Manifest
from components.postgres.shared import cluster, operator

_ANSWER_WITHIN = 15
"""Seconds for the API server to say which operator is there."""

_READY_WITHIN = 60.0
"""Seconds from the operator's pod that is ready until each node sends what is for its Service there."""


def of(part: Part, manifest: Manifest, context: str) -> pulumi.ResourceHookBinding | None:
    """The hooks of `manifest`, an object of `part`, in the cluster of `context`; None for most objects."""
    if manifest.reference == identity.REFERENCE:
        return pulumi.ResourceHookBinding(before_update=[_before("identity", _refuse_change)])
    if part.kind != OPERATOR:
        return None
    if manifest.kind == "Deployment":
        # It may be there already, so that its creation changes it.
        hook = _before("operator", lambda _: _refuse_older(context, manifest))
        return pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook])
    if manifest.kind == "Service":
        hook = pulumi.ResourceHook("webhooks", lambda _: _wait_for_webhooks(context, str(manifest.namespace)))
        return pulumi.ResourceHookBinding(after_create=[hook], after_update=[hook])
    return None


def _before(name: str, asked: Any) -> pulumi.ResourceHook:
    return pulumi.ResourceHook(name, asked, pulumi.ResourceHookOptions(on_dry_run=True))


def _refuse_change(arguments: pulumi.ResourceHookArgs) -> None:
    old, new = arguments.old_inputs or {}, arguments.new_inputs or {}
    changes.refuse_change(old, new)
    for sentence in changes.departures(old["data"], new["data"]):
        pulumi.log.warn(sentence)


def _refuse_older(context: str, manifest: Manifest) -> None:
    there = _there(context, manifest)
    if there and (why := operator.is_older(dict(manifest.body), there)):
        raise changes.ChangeRefused(f"refused, the operator was not touched: {why}")


def _there(context: str, manifest: Manifest) -> dict[str, Any] | None:
    """The Deployment in the cluster by the name of `manifest`; None where there is none, or where nobody answers: then
    there is nobody to make anything either, and the engine says so itself."""
    from kubernetes import client  # noqa: PLC0415 (a second of its own, for the one object that needs it)
    from kubernetes.config import ConfigException  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        with _api(context) as api:
            found = client.AppsV1Api(api).read_namespaced_deployment(
                manifest.name, str(manifest.namespace), _request_timeout=_ANSWER_WITHIN
            )
            return dict(api.sanitize_for_serialization(found))  # pyright: ignore[reportArgumentType]
    except (ConfigException, HTTPError, client.ApiException) as error:
        if not (isinstance(error, client.ApiException) and error.status == 404):
            pulumi.log.warn(f"which operator is in the cluster of the context {context} could not be seen: {error}")
        return None


def _wait_for_webhooks(context: str, namespace: str) -> None:
    """Until the API server would take a Cluster: a pod that is ready is not yet one that its Service leads to."""
    from kubernetes import client  # noqa: PLC0415

    group, _, version = cluster.API.partition("/")
    probe = {
        "apiVersion": cluster.API,
        "kind": "Cluster",
        "metadata": {"name": "webhook-probe", "namespace": namespace},
        "spec": {"instances": 1, "storage": {"size": "1Gi"}},
    }
    until = time.monotonic() + _READY_WITHIN
    with _api(context) as api:
        while True:
            try:
                client.CustomObjectsApi(api).create_namespaced_custom_object(
                    group, version, namespace, "clusters", probe, dry_run="All"
                )
            except client.ApiException as error:
                if time.monotonic() > until:
                    raise TimeoutError(f"the operator's webhooks do not answer: {error.body}") from error
                time.sleep(0.2)
            else:
                return


@contextmanager
def _api(context: str) -> Iterator[Any]:
    from kubernetes import config  # noqa: PLC0415

    with config.new_client_from_config(context=context) as api:
        yield api
