"""A shared Cluster that holds, as CloudNativePG's objects have it: two tenants, a Pooler, backups, policies, an app."""

from typing import Any

from documents import documents

SHARED = """
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: {name: shared, namespace: databases}
spec:
  instances: 3
  imageName: ghcr.io/cloudnative-pg/postgresql:17.6
  storage: {size: 20Gi}
  postgresql:
    parameters: {max_connections: "200"}
    synchronous: {method: any, number: 1}
  bootstrap: {initdb: {database: shared, owner: shared, secret: {name: shared-owner}}}
  managed:
    roles:
    - {name: docs, login: true, passwordSecret: {name: docs-role}}
    - {name: docs_reader, login: true, inRoles: [pg_monitor], passwordSecret: {name: docs-reader}}
  plugins:
  - name: barman-cloud.cloudnative-pg.io
    isWALArchiver: true
    parameters: {barmanObjectName: store, serverName: shared-1}
---
apiVersion: postgresql.cnpg.io/v1
kind: DatabaseRole
metadata: {name: wiki, namespace: databases}
spec: {name: wiki, login: true, cluster: {name: shared}, passwordSecret: {name: wiki-role}}
---
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata: {name: docs, namespace: databases}
spec: {name: docs, owner: docs, cluster: {name: shared}, schemas: [{name: docs, owner: docs}]}
---
apiVersion: postgresql.cnpg.io/v1
kind: Database
metadata: {name: wiki, namespace: databases}
spec: {name: wiki, owner: wiki, cluster: {name: shared}}
---
apiVersion: postgresql.cnpg.io/v1
kind: Pooler
metadata: {name: docs-pooler, namespace: databases}
spec:
  cluster: {name: shared}
  type: rw
  instances: 2
  pgbouncer: {poolMode: transaction, parameters: {max_client_conn: "500"}}
---
apiVersion: postgresql.cnpg.io/v1
kind: ScheduledBackup
metadata: {name: nightly, namespace: databases}
spec:
  schedule: "0 0 3 * * *"
  cluster: {name: shared}
  method: plugin
  pluginConfiguration: {name: barman-cloud.cloudnative-pg.io}
---
apiVersion: barmancloud.cnpg.io/v1
kind: ObjectStore
metadata: {name: store, namespace: databases}
spec:
  configuration:
    destinationPath: s3://backups/shared
    endpointURL: https://s3.example.com
    s3Credentials:
      accessKeyId: {name: store-keys, key: id}
      secretAccessKey: {name: store-keys, key: secret}
---
apiVersion: v1
kind: Secret
metadata: {name: store-keys, namespace: databases}
stringData: {id: <configured id>, secret: <configured secret>}
---
apiVersion: v1
kind: Secret
metadata: {name: shared-owner, namespace: databases}
type: kubernetes.io/basic-auth
stringData: {username: shared, password: <generated shared>}
---
apiVersion: v1
kind: Secret
metadata: {name: docs-role, namespace: databases}
type: kubernetes.io/basic-auth
stringData: {username: docs, password: <generated docs>}
---
apiVersion: v1
kind: Secret
metadata: {name: docs-reader, namespace: databases}
type: kubernetes.io/basic-auth
stringData: {username: docs_reader, password: <generated docs_reader>}
---
apiVersion: v1
kind: Secret
metadata: {name: wiki-role, namespace: databases}
type: kubernetes.io/basic-auth
stringData: {username: wiki, password: <generated wiki>}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shared, namespace: databases}
spec:
  podSelector: {matchLabels: {cnpg.io/cluster: shared}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from: [{podSelector: {matchLabels: {cnpg.io/cluster: shared}}}]
    ports: [{port: 5432}]
  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: docs}}}]
    ports: [{port: 5432}]
  - from:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: cnpg-system}}
      podSelector: {matchLabels: {app.kubernetes.io/name: cloudnative-pg}}
    ports: [{port: 8000}]
  egress:
  - to: [{podSelector: {matchLabels: {cnpg.io/cluster: shared}}}]
    ports: [{port: 5432}]
  - to: [{ipBlock: {cidr: 0.0.0.0/0}}]
    ports: [{port: 443}, {port: 6443}]
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}}]
    ports: [{port: 53, protocol: UDP}, {port: 53}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: docs, namespace: docs}
spec:
  selector: {matchLabels: {app: docs}}
  template:
    metadata: {labels: {app: docs}}
    spec:
      containers:
      - name: docs
        image: example.org/docs:1
        env:
        - {name: DB_HOST, value: shared-rw.databases.svc.cluster.local}
        - {name: DB_NAME, value: docs}
        - {name: DB_USER, valueFrom: {secretKeyRef: {name: docs-postgresql, key: username}}}
        - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: docs-postgresql, key: password}}}
---
apiVersion: v1
kind: Secret
metadata: {name: docs-postgresql, namespace: docs}
stringData: {username: docs, password: <generated docs>}
"""


def shared() -> dict[str, Any]:
    """The objects that hold together, fresh, by `Kind name`; `Deployment docs` is in a namespace of its own."""
    return {f"{body['kind']} {body['metadata']['name']}": body for body in documents(SHARED)}


def environment(objects: dict[str, Any]) -> dict[str, Any]:
    """The variables of the app, by name."""
    containers = objects["Deployment docs"]["spec"]["template"]["spec"]["containers"]
    return {entry["name"]: entry for entry in containers[0]["env"]}
