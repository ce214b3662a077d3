"""Where the cluster is and who we are there, from a kubeconfig.

The `kubernetes` client can do all of this, but takes 0.38 s to import (measured, 37.0); it is used only where a
user logs in by an exec plugin or an auth provider. Format: kubernetes.io, «kubeconfig (v1)».
"""

import base64
import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class NoCluster(Exception):
    """No cluster can be made out; the text says what was looked at and what to do."""


@dataclass(frozen=True)
class Access:
    """How to reach one cluster: `server` is its URL, `headers` go with each request (called anew for each)."""

    server: str
    tls: ssl.SSLContext | None
    headers: Callable[[], dict[str, str]] = field(default=dict)
    namespace: str = "default"


def texts(kubeconfig: str | None) -> list[tuple[str, str]]:
    """The kubeconfigs to read, as (where, text): the given path or contents, else KUBECONFIG's, else the default."""
    if kubeconfig:
        path = Path(kubeconfig).expanduser() if "\n" not in kubeconfig and len(kubeconfig) < 4096 else None
        try:
            if path is not None and path.is_file():
                return [(str(path), path.read_text())]
        except OSError as error:
            raise NoCluster(f"the kubeconfig {path} can't be read: {error.strerror}") from error
        if path is not None and not kubeconfig.lstrip().startswith("{") and ":" not in kubeconfig:
            raise NoCluster(f"the kubeconfig {path} is not there; name another in the provider's `kubeconfig`")
        return [("the provider's kubeconfig", kubeconfig)]
    named = [Path(each) for each in os.environ.get("KUBECONFIG", "").split(os.pathsep) if each]
    found = [(str(path), path.read_text()) for path in named or [Path.home() / ".kube" / "config"] if path.is_file()]
    if not found:
        looked = ", ".join(map(str, named)) or "~/.kube/config"
        raise NoCluster(f"no kubeconfig was found ({looked}); set KUBECONFIG, or the provider's `kubeconfig`")
    return found


def merged(kubeconfig: str | None) -> dict[str, Any]:
    """One kubeconfig out of all that `texts` finds: the first to name a cluster, user or context wins."""
    result: dict[str, Any] = {"clusters": {}, "users": {}, "contexts": {}, "current-context": "", "where": []}
    for where, text in texts(kubeconfig):
        try:
            loaded = yaml.load(text, Loader)  # noqa: S506  Loader is the safe one
        except yaml.YAMLError as error:
            raise NoCluster(f"{where} is not YAML") from error
        if not isinstance(loaded, dict):
            raise NoCluster(f"{where} is not a kubeconfig")
        result["where"].append(where)
        result["current-context"] = result["current-context"] or loaded.get("current-context") or ""
        folder = Path(where).parent
        for plural, singular in (("clusters", "cluster"), ("users", "user"), ("contexts", "context")):
            for entry in loaded.get(plural) or []:
                result[plural].setdefault(entry["name"], _absolute(entry.get(singular) or {}, folder))
    return result


def _absolute(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    files = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
    return {name: str(folder / value) if name in files and value else value for name, value in entry.items()}


def active(
    config: dict[str, Any], context: str | None, cluster: str | None
) -> tuple[dict[str, Any], dict[str, Any], str]:
    """The cluster and the user of `context` (or of the current one), and the context's namespace."""
    where = " and ".join(config["where"])
    name = context or config["current-context"]
    if not name and not cluster:
        raise NoCluster(f"{where} has no current context; name one in the provider's `context`")
    if name and name not in config["contexts"]:
        known = ", ".join(sorted(config["contexts"])) or "none"
        raise NoCluster(f"{where} has no context {name!r}; it has: {known}")
    chosen = config["contexts"].get(name, {})
    cluster_name = cluster or chosen.get("cluster", "")
    if not config["clusters"].get(cluster_name, {}).get("server"):
        raise NoCluster(f"{where} has no server for the cluster {cluster_name!r}")
    user = config["users"].get(chosen.get("user", ""), {})
    return config["clusters"][cluster_name], user, chosen.get("namespace") or "default"


def access(kubeconfig: str | None, context: str | None = None, cluster: str | None = None) -> Access:
    """How to reach the cluster that these name; None leaves it to the environment. Raises NoCluster."""
    chosen, user, namespace = active(merged(kubeconfig), context, cluster)
    if user.get("exec") or user.get("auth-provider"):
        return _by_the_client(kubeconfig, context, chosen["server"], namespace)
    tls = None
    if chosen["server"].startswith("https"):
        tls = _tls(chosen)
        _identify(tls, user)
    return Access(chosen["server"].rstrip("/"), tls, _headers(user), namespace)


def _tls(cluster: dict[str, Any]) -> ssl.SSLContext:
    data = cluster.get("certificate-authority-data")
    try:
        tls = ssl.create_default_context(
            cafile=cluster.get("certificate-authority"), cadata=base64.b64decode(data).decode() if data else None
        )
    except (OSError, ValueError) as error:
        raise NoCluster(f"the certificate authority of {cluster['server']} can't be read: {error}") from error
    # Private authorities often lack extensions that Python 3.13 insists on; Go's clients don't.
    tls.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    if cluster.get("insecure-skip-tls-verify"):
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    return tls


def _identify(tls: ssl.SSLContext, user: dict[str, Any]) -> None:
    """Show the user's client certificate, if there is one. Python takes it from files only."""
    if user.get("client-certificate"):
        tls.load_cert_chain(user["client-certificate"], user.get("client-key"))
    elif user.get("client-certificate-data"):
        both = base64.b64decode(user["client-certificate-data"]) + b"\n" + base64.b64decode(user["client-key-data"])
        number = os.memfd_create("client") if hasattr(os, "memfd_create") else -1
        if number < 0:
            raise NoCluster("certificates inside a kubeconfig need Linux; name files, or use the official provider")
        try:
            os.write(number, both)
            tls.load_cert_chain(f"/proc/self/fd/{number}")
        finally:
            os.close(number)


def _headers(user: dict[str, Any]) -> Callable[[], dict[str, str]]:
    if user.get("tokenFile"):
        path = Path(user["tokenFile"])
        return lambda: {"Authorization": f"Bearer {path.read_text().strip()}"}
    if user.get("token"):
        return lambda: {"Authorization": f"Bearer {user['token']}"}
    if user.get("username"):
        pair = base64.b64encode(f"{user['username']}:{user.get('password', '')}".encode()).decode()
        return lambda: {"Authorization": f"Basic {pair}"}
    return dict


def _by_the_client(kubeconfig: str | None, context: str | None, server: str, namespace: str) -> Access:
    """Log in the way the official Python client does: exec plugins, and the old auth providers."""
    from kubernetes import client, config  # noqa: PLC0415  0.38 s

    settings = client.Configuration()
    if kubeconfig:
        loaded = yaml.load(texts(kubeconfig)[0][1], Loader)  # noqa: S506
        config.load_kube_config_from_dict(loaded, context=context, client_configuration=settings)
    else:
        config.load_kube_config(context=context, client_configuration=settings)
    tls = ssl.create_default_context(cafile=settings.ssl_ca_cert)
    if not settings.verify_ssl:
        tls.check_hostname = False
        tls.verify_mode = ssl.CERT_NONE
    if settings.cert_file:
        tls.load_cert_chain(settings.cert_file, settings.key_file)

    def headers() -> dict[str, str]:
        if settings.refresh_api_key_hook:
            settings.refresh_api_key_hook(settings)
        token = settings.get_api_key_with_prefix("authorization") or settings.get_api_key_with_prefix("BearerToken")
        return {"Authorization": token} if token else {}

    return Access(server.rstrip("/"), tls if server.startswith("https") else None, headers, namespace)
