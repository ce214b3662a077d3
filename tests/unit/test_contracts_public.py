"""What manifests of well-known projects say that looks broken and is not: each was a false alarm once."""

from documents import documents

from contracts import verify
from contracts.known.drivers import field_of
from contracts.violation import Violation

NO_HARDENING = {"X01", "X04", "X09"}


def found(text: str) -> list[Violation]:
    return [violation for violation in verify(documents(text)) if violation.contract not in NO_HARDENING]


def server(image: str, port: int) -> str:
    return f"""
apiVersion: v1
kind: Service
metadata: {{name: db}}
spec: {{ports: [{{port: {port}}}], selector: {{app: db}}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: db}}
spec:
  serviceName: db
  selector: {{matchLabels: {{app: db}}}}
  template:
    metadata: {{labels: {{app: db}}}}
    spec: {{containers: [{{name: db, image: "{image}", ports: [{{containerPort: {port}}}]}}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: blog}}
spec:
  selector: {{matchLabels: {{app: blog}}}}
  template:
    metadata: {{labels: {{app: blog}}}}
    spec: {{containers: [{{name: blog, image: "wordpress:6", env: [{{name: WORDPRESS_DB_HOST, value: db}}]}}]}}
"""


def test_a_host_without_a_port_is_not_taken_for_postgresql() -> None:
    assert not [v for v in found(server("percona:8", 3306)) if v.contract == "N02"], "WordPress means MySQL's port"
    (lost,) = (v for v in found(server("postgres:17", 6543)) if v.contract == "N02")
    assert lost.nearest == "6543", "a PostgreSQL server behind the Service tells that its default port was meant"


POLICY = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: postgres}
spec:
  replicas: REPLICAS
  selector: {matchLabels: {app: postgres}}
  template:
    metadata: {labels: {app: postgres}}
    spec: {containers: [{name: db, image: "example/postgres:17", env: [{name: POSTGRES_HOST, value: postgres}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: postgres}
spec: {ports: [{port: 5432}], selector: {app: postgres}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: postgres}
spec: {podSelector: {matchLabels: {app: postgres}}, policyTypes: [Ingress]}
"""


def test_a_pod_is_never_cut_off_from_itself() -> None:
    assert not found(POLICY.replace("REPLICAS", "1")), "kubernetes.io: a pod cannot block access to itself"
    assert [v.contract for v in found(POLICY.replace("REPLICAS", "2"))] == ["N06"], "the other pod may be cut off"


CONTROLLER = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: controller, namespace: argocd}
spec:
  serviceName: application-controller
  replicas: 2
  selector: {matchLabels: {app: controller}}
  template:
    metadata: {labels: {app: controller}}
    spec: {containers: [{name: controller, image: "example/controller:1", args: [ARGUMENT]}]}
---
apiVersion: v1
kind: Service
metadata: {name: metrics, namespace: argocd}
spec: {CLUSTER_IP ports: [{port: 8082}], selector: {app: controller}}
"""


def controller(argument: str = "run", cluster_ip: str = "") -> list[str]:
    return [v.contract for v in found(CONTROLLER.replace("ARGUMENT", argument).replace("CLUSTER_IP", cluster_ip))]


def test_a_stateful_set_whose_pods_nobody_names_needs_no_service() -> None:
    assert controller() == [], "Argo CD and the snapshot controller name a Service that is nowhere, and run"
    assert controller(argument="--peer=controller-0.application-controller:7000") == ["W12"], "a pod is named by it"
    assert controller(argument="exec run --name=$(hostname -f)") == ["W12"], "its program asks for its full name"
    assert controller(cluster_ip="clusterIP: None,") == ["W12"], "a headless Service is there for it"


def test_every_cluster_has_pods_of_its_dns_server() -> None:
    service = (
        "{apiVersion: v1, kind: Service, metadata: {name: up, namespace: %s}, spec: {selector: {k8s-app: kube-dns}}}"
    )
    assert not found(service % "kube-system"), "the node-local cache forwards to it"
    assert [v.contract for v in found(service % "shop")] == ["W01"]


BINDING = """
apiVersion: v1
kind: ServiceAccount
metadata: {name: ACCOUNT}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: ACCOUNT}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: ACCOUNT, namespace: argocd}]
"""


def test_a_set_that_is_made_for_another_namespace_is_one_story() -> None:
    violations = found("---".join(BINDING.replace("ACCOUNT", name) for name in ("server", "controller", "worker")))
    assert len({violation.group for violation in violations}) == 1
    assert all(v.undecided and "--namespace argocd" in v.fix for v in violations), "the fix is the namespace"
    whole = "---".join(BINDING.replace("ACCOUNT", name) for name in ("server", "controller"))
    assert not verify(documents(whole), default_namespace="argocd")


def test_what_many_containers_lack_is_said_once() -> None:
    pod = "{apiVersion: v1, kind: Pod, spec: {containers: [{name: a}, {name: b}], volumes: [VOLUME]}}"
    violations = list(verify(documents(pod.replace("VOLUME", "{name: v, hostPath: {path: /dev}}"))))
    (hardening,) = (violation for violation in violations if violation.contract == "X01")
    assert "allowPrivilegeEscalation is not false for a, b" in hardening.found
    assert "not all capabilities are dropped for a, b" in hardening.found
    (path,) = (violation for violation in violations if violation.contract == "X03")
    assert path.cause == "Pod default/ reaches for its node", "all that a pod wants of its node is one story"


WEBTEST = """
apiVersion: v1
kind: Pod
metadata: {name: webtest}
spec: {containers: [{name: webtest, image: "example/webtest:1", env: [{name: DATABASE_URL, value: "postgres://HOST/app"}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: cluster-rw}
spec: {ports: [{port: 5432}], externalName: db.example.com, type: ExternalName}
"""


def test_a_database_of_another_chart_in_the_namespace_is_undecided() -> None:
    assert [v.undecided for v in found(WEBTEST.replace("HOST", "fast-failover"))] == [True], "it may be there"
    assert [v.undecided for v in found(WEBTEST.replace("HOST", "cluster-rv"))] == [False], "a slip is there to see"


def test_the_variables_of_n8n_and_keycloak_lead_to_a_database() -> None:
    assert field_of("DB_POSTGRESDB_HOST") == ("DB_POSTGRESDB", "host")
    assert [field_of(f"KC_DB_{word}") for word in ("URL_HOST", "URL_DATABASE", "USERNAME")] == [
        ("KC_DB", "host"),
        ("KC_DB", "database"),
        ("KC_DB", "user"),
    ]
