"""From nothing to an Observer that answers."""

import pytest

from tests.e2e.live import get
from tests.e2e.stacks import CLAIMS, ROW, Observer

UP_WITHIN = 180.0
"""Seconds for the first `up` on 2 cores with the images on the node; it takes about a fifth of that."""


def test_the_first_up_from_nothing_ends_with_an_app_that_says_it_is_ready(observer: Observer) -> None:
    answer = get(f"{observer.url}/ready")
    assert answer.ok, f"`up` waits for the Deployment, so /ready must answer 200 through the Service: {answer.text}"
    assert observer.first_up.seconds < UP_WITHIN, f"the first up took {observer.first_up.seconds:.0f} s"


def test_a_row_that_the_app_was_given_is_in_postgres(observer: Observer) -> None:
    found = observer.live.rows("SELECT symbol, price FROM public.observation")
    assert found == f"{ROW['symbol']}|{ROW['price']}", f"the row must be in the stack's own database, found {found!r}"


def test_every_parameter_is_in_force(observer: Observer) -> None:
    file = observer.live.one("configmap", "postgres-config")["data"]["postgresql.conf"]
    wanted = {line.split(" = ")[0] for line in file.splitlines()}
    lines = observer.live.rows("SELECT name, applied, error FROM pg_file_settings").splitlines()
    applied = {line.split("|")[0] for line in lines if line.split("|")[1:] == ["t", ""]}
    assert applied == wanted, f"PostgreSQL must read each line of postgresql.conf without a complaint: {lines}"
    shown = observer.live.rows("SELECT current_setting('shared_buffers'), current_setting('password_encryption')")
    assert shown == "64MB|scram-sha-256", f"a quarter of the 256Mi limit, and no md5 passwords; found {shown}"


@pytest.mark.parametrize(("pod", "user"), [("deployment/observer", "1000"), ("statefulset/postgres", "999")])
def test_a_pod_runs_as_an_ordinary_user_on_a_filesystem_that_it_cannot_write(
    observer: Observer, pod: str, user: str
) -> None:
    inside = ["exec", pod, "--", "sh", "-c"]
    assert (found := observer.live.kubectl(*inside, "id -u")) == user, f"rule 5: {pod} runs as {found}"
    assert "Read-only" in observer.live.ask(*inside, "touch /e2e").text, f"rule 5: {pod} can write its image"
    token = observer.live.ask(*inside, "ls /var/run/secrets/kubernetes.io")
    assert not token.ok, f"{pod} has no business with the API server, but has a token: {token.text}"


def test_the_namespace_refuses_a_pod_that_is_not_restricted(observer: Observer) -> None:
    answer = observer.live.ask("run", "e2e", "--image=localhost/pause:3.10", "--dry-run=server")
    assert not answer.ok and "PodSecurity" in answer.text, f"rule 5: the namespace must enforce it: {answer.text}"


def test_the_network_policies_are_there(observer: Observer) -> None:
    # There is nothing on the embedded node that enforces them: that they work is for a cluster whose network does.
    found = {policy["metadata"]["name"] for policy in observer.live.objects("networkpolicies")}
    wanted = {"default-deny", "allow-dns", "postgres", "postgres-clients", "observer"}
    assert found == wanted, f"default deny, and one rule for each way that the system goes; found {sorted(found)}"


def test_the_claims_are_bound_and_of_their_own(observer: Observer) -> None:
    claims = {c["metadata"]["name"]: c for c in observer.live.objects("persistentvolumeclaims")}
    assert sorted(claims) == sorted(CLAIMS), "the database and the app have the claims that the files name"
    assert {c["status"]["phase"] for c in claims.values()} == {"Bound"}, "up ended, so every claim has its volume"
    owned = [name for name, c in claims.items() if c["metadata"].get("ownerReferences")]
    assert not owned, f"rule 6: claims are objects of their own, but something owns {owned}"


def test_the_outputs_say_where_everything_is_and_no_secret(observer: Observer) -> None:
    outputs = observer.trial.outputs()
    assert outputs == {
        "namespace": "observer-e2e",
        "database": {"host": "postgres", "port": 5432, "name": "observer", "topology": "standalone"},
        "credentials": {"owner": "postgres-owner", "app": "postgres-app", "reader": "postgres-reader"},
        "apps": {"observer": "http://observer.observer-e2e.svc"},
    }, f"names and addresses, never a value: {outputs}"
