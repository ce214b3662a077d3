"""A small system that holds, and what to break in it: a Secret, a ConfigMap, a database, an app, its Service."""

from copy import deepcopy
from typing import Any

from documents import documents

from contracts.catalogue import CONTRACTS
from contracts.index import Index
from contracts.violation import Violation

SYSTEM = """
apiVersion: v1
kind: Secret
metadata: {name: shop-secrets, namespace: shop}
stringData: {DB_USER: app, DB_PASSWORD: <generated shop>}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop-config, namespace: shop}
data: {DB_HOST: postgres, LOG_LEVEL: info, shop.yaml: "colour: red\\n"}
---
apiVersion: v1
kind: Secret
metadata: {name: registry, namespace: shop}
type: kubernetes.io/dockerconfigjson
stringData: {.dockerconfigjson: '{"auths": {"ghcr.io": {"username": "shop", "password": "<configured token>"}}}'}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: shop, namespace: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata:
      labels: {app: shop, tier: web}
      annotations: {contracts.postgres-apps/reads: DB_HOST DB_USER DB_PASSWORD}
    spec:
      serviceAccountName: shop
      imagePullSecrets: [{name: registry}]
      containers:
      - name: web
        image: ghcr.io/shop/web:1
        envFrom: [{configMapRef: {name: shop-config}}, {secretRef: {name: shop-secrets}}]
        env:
        - {name: LEVEL, valueFrom: {configMapKeyRef: {name: shop-config, key: LOG_LEVEL}}}
        - {name: GREETING, value: hello $(DB_USER)}
        ports: [{name: http, containerPort: 8000}]
        readinessProbe: {httpGet: {path: /ready, port: http}}
        volumeMounts: [{name: files, mountPath: /etc/shop.yaml, subPath: shop.yaml}]
      volumes: [{name: files, configMap: {name: shop-config}}]
---
apiVersion: v1
kind: Service
metadata: {name: shop, namespace: shop, labels: {app: shop}}
spec:
  selector: {app: shop}
  ports: [{name: http, port: 80, targetPort: http}]
"""


def system() -> dict[str, Any]:
    """The objects that hold together, fresh, by `Kind name`."""
    return {f"{body['kind']} {body['metadata']['name']}": body for body in documents(SYSTEM)}


def found(contract: str, *objects: Any, committed: frozenset = frozenset()) -> list[Violation]:
    """What one contract finds in objects: mappings, texts of YAML, or dictionaries of objects as `system()` gives."""
    whole: list[Any] = []
    for one in objects:
        if isinstance(one, str):
            whole += filter(None, documents(one))
        else:
            whole += [one] if "kind" in one else list(one.values())
    index = Index(deepcopy(whole), committed=committed)
    check = next(c.check for c in CONTRACTS if c.id == contract)
    return list(check(index))


def pod(body: dict[str, Any]) -> dict[str, Any]:
    """The pod's spec of a workload."""
    return body["spec"]["template"]["spec"]


def web(objects: dict[str, Any]) -> dict[str, Any]:
    """The container of the app."""
    return pod(objects["Deployment shop"])["containers"][0]
