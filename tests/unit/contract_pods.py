"""A hardened app with its claims and a hardened PostgreSQL: they hold, and there is much to break in them."""

from typing import Any

from documents import documents

SYSTEM = """
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop-config, namespace: shop}
data: {SHOP_DATA_DIR: /srv/shop/data, SHOP_LOG_DIR: /srv/shop/logs, SHOP_AUDIT_LOG_DIR: /srv/shop/logs/audit}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: shop-files, namespace: shop}
data: {shop.yaml: "colour: red", prices.yaml: "tea: 1"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shop-data, namespace: shop}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: shop-logs, namespace: shop}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: db-data, namespace: shop}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop, namespace: shop}
spec:
  replicas: 1
  strategy: {type: Recreate}
  selector: {matchLabels: {app: shop}}
  template:
    metadata:
      labels: {app: shop}
      annotations:
        contracts.postgres-apps/paths: SHOP_DATA_DIR=/srv/shop/data SHOP_CONFIG_DIR=/srv/shop/config
        contracts.postgres-apps/read-only-paths: SHOP_CONFIG_DIR
    spec:
      securityContext:
        {runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: web
        image: ghcr.io/shop/web:1
        args: [--config=/srv/shop/config/shop.yaml]
        envFrom: [{configMapRef: {name: shop-config}}]
        env: [{name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
        securityContext: &hard
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities: {drop: [ALL]}
        volumeMounts:
        - {name: data, mountPath: /srv/shop/data}
        - {name: logs, mountPath: /srv/shop/logs}
        - {name: config, mountPath: /srv/shop/config}
        - {name: tmp, mountPath: /tmp}
      volumes:
      - {name: data, persistentVolumeClaim: {claimName: shop-data}}
      - {name: logs, persistentVolumeClaim: {claimName: shop-logs}}
      - {name: config, configMap: {name: shop-files}}
      - {name: tmp, emptyDir: {}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      automountServiceAccountToken: false
      securityContext:
        {runAsNonRoot: true, runAsUser: 70, runAsGroup: 70, fsGroup: 70, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: database
        image: postgres:15-alpine
        args: [postgres, -c, max_connections=50]
        env: [{name: PGDATA, value: /var/lib/postgresql/data/pgdata}]
        securityContext: *hard
        volumeMounts:
        - {name: data, mountPath: /var/lib/postgresql/data}
        - {name: socket, mountPath: /var/run/postgresql}
        - {name: tmp, mountPath: /tmp}
      volumes:
      - {name: data, persistentVolumeClaim: {claimName: db-data}}
      - {name: socket, emptyDir: {}}
      - {name: tmp, emptyDir: {}}
"""

Objects = dict[str, Any]


def system() -> Objects:
    """The objects that hold together, fresh, by `Kind name`; nothing in them is one object twice."""
    bodies = documents(SYSTEM.replace("securityContext: *hard", f"securityContext: {_HARD}"))
    return {f"{body['kind']} {body['metadata']['name']}": body for body in bodies}


_HARD = "{allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}"


def pod(objects: Objects, name: str = "Deployment shop") -> Objects:
    """The spec of the app's pod, or of another workload's."""
    return objects[name]["spec"]["template"]["spec"]


def app(objects: Objects) -> Objects:
    """The container of the app."""
    return pod(objects)["containers"][0]


def database(objects: Objects) -> Objects:
    """The container of the database."""
    return pod(objects, "StatefulSet db")["containers"][0]


def mount(container: Objects, name: str) -> Objects:
    """The mount of a volume."""
    return next(entry for entry in container["volumeMounts"] if entry["name"] == name)


def unmount(container: Objects, name: str) -> None:
    """Take the mount of a volume away."""
    container["volumeMounts"] = [entry for entry in container["volumeMounts"] if entry["name"] != name]


def level(objects: Objects, wanted: str) -> None:
    """What the namespace enforces."""
    objects["Namespace shop"]["metadata"]["labels"] = {"pod-security.kubernetes.io/enforce": wanted}
