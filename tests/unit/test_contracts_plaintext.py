"""S09 to S11: secrets in open places, and all that only looks like one."""

import base64

import pytest
from contract_examples import found, system, web

from contracts.plaintext import credential
from contracts.violation import Ref

KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\n"
TOKEN = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
RANDOM = "q7Rf2XvT9bLk4ZpW8cYs1NdM"


def told(name: str, value: str) -> list:
    """What is found of one variable, as a literal of env and as an entry of a ConfigMap."""
    objects = system()
    web(objects)["env"].append({"name": name, "value": value})
    objects["ConfigMap shop-config"]["data"][name] = value
    return found("S09", objects)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "hunter2hunter2"),
        ("PGPASSWORD", "s3cret"),
        ("POSTGRES_PASSWORD", "changeme"),
        ("spring.datasource.password", "abc"),
        ("KIS_APP_KEY", "PSx8fh2kd9s"),
        ("clientSecret", "Zm9vYmFy1"),
        ("SLACK", "xoxb-" + "1234567890-abcdefghijk"),
        ("GITHUB", TOKEN),
        ("DATABASE_URL", "postgresql://app:hunter2@postgres:5432/shop"),
        ("DSN", "host=postgres user=app password=hunter2"),
        ("KIS_HTS", RANDOM),
    ],
)
def test_a_secret_in_plain_text_is_told_in_both_places_and_never_shown(name, value) -> None:
    violations = told(name, value)
    assert [violation.path for violation in violations] == [
        f"spec.template.spec.containers[web].env[{name}].value",
        f"data[{name}]",
    ]
    assert all(value not in str(violation) for violation in violations), "a finding is printed, logged and uploaded"


TAIL = "a1B2c3D4e5" * 8


@pytest.mark.parametrize(
    ("begin", "length"),
    [
        *((begin, 16) for begin in ("SG.", "hvs.", "sk_live_", "rk_live_", "dckr_pat_", "xoxa-", "xoxb-", "xoxp-")),
        *((f"gh{one}_", 36) for one in "pousr"),
        *(("github_pat_", 60), ("glpat-", 20), ("AIza", 35), ("npm_", 36), ("pypi-AgEI", 40)),
    ],
)
def test_a_token_is_known_by_how_its_issuer_begins_it(begin, length) -> None:
    tail = TAIL[:length] + ("." + TAIL[:20] if begin == "SG." else TAIL[:6] if length == 16 else "")
    assert credential(f"the token {begin}{tail} in a text") == "a token of a known form"


@pytest.mark.parametrize("token", ["AKIA" + "Q1W2E3R4" * 2, "ASIA" + "Q1W2E3R4" * 2, ".".join(["eyJ" + TAIL[:10]] * 3)])
def test_a_token_of_fixed_length_is_known(token) -> None:
    assert credential(f"the token {token} in a text") == "a token of a known form"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DB_PASSWORD", "${DB_PASSWORD}"),
        ("DB_PASSWORD", "$(OTHER)"),
        ("DB_PASSWORD", "<generated shop>"),
        ("DB_PASSWORD", "{{ .Values.password }}"),
        ("DB_PASSWORD", "vault:secret/data/db#password"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD_FILE", "/run/secrets/password"),
        ("ADMIN_PASSWORD", "/run/secrets/password"),
        ("ALLOW_EMPTY_PASSWORD", "yes"),
        ("PASSWORD_ENCRYPTION", "scram-sha-256"),
        ("TOKEN_CACHE_DIR", "/opt/cache"),
        ("ACCESS_TOKEN", "3600"),
        ("AWS_ACCESS_KEY_ID", "someone"),
        ("WEBHOOK_SECRET", "webhook-server-cert"),
        ("TLS_SECRET", "registry"),
        ("PWD", "/app"),
        ("MAX_TOKENS", "4096"),
        ("DATABASE_URL", "postgresql://app@postgres:5432/shop"),
        ("DATABASE_URL", "postgresql://app:$(DB_PASSWORD)@postgres:5432/shop"),
        ("DATABASE_URL", "postgresql://app:${DB_PASSWORD}@postgres/shop"),
        ("REQUEST_ID", "6f9619ff-8b86-d011-b42d-00cf4fc964ff"),
        ("BUILD", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        ("IMAGE", "ghcr.io/a/b@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        ("CERT_SHA256", "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="),
        ("CA", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJ"),
        ("CIPHERS", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("CLASS", "org.springframework.boot.autoconfigure.Jdbc2DataSource"),
        ("FEATURES", "EnableHttp2AndGrpcWebTransportV2ForAllClients"),
        ("URL", "https://user:password@host is how it is written"),
        ("ETCD_INITIAL_CLUSTER_TOKEN", "pg-ha"),
        ("main.py", 'connect(host, password=given["password"])'),
    ],
)
def test_what_only_looks_like_a_secret_is_left_alone(name, value) -> None:
    assert told(name, value) == []


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["--password=hunter2"], "args[0]"),
        (["--db-password", "hunter2"], "args[1]"),
        (["sh", "-c", "PGPASSWORD=hunter2 psql"], "args[2]"),
        (["sh", "-c", "# the password\nexport LEVEL=info\nexport DB_PASS=hunter2\nrun"], "args[2]"),
        (["sh", "-c", "export LEVEL=info;TOKEN_2=hunter2 run"], "args[2]"),
        (["sh", "-c", "psql -c \"ALTER ROLE app PASSWORD 'hunter2'\""], "args[2]"),
        (["sh", "-c", "psql -c \"alter role app password 'hunter2'\""], "args[2]"),
    ],
)
def test_a_password_in_an_argument_is_found(arguments, path) -> None:
    objects = system()
    web(objects)["args"] = arguments
    (violation,) = found("S09", objects)
    assert violation.path.endswith(path)
    assert "hunter2" not in str(violation)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--secret-name=ingress-nginx-admission", "--tls-private-key-file=/tls/tls.key"],
        ["sh", "-c", 'PGPASSWORD="$DB_PASSWORD" psql --password-stdin; TOKEN=$(cat /run/token)'],
        ["--password", "$(DB_PASSWORD)", "--authentication-token-webhook=true"],
        ["psql", "-c", "ALTER ROLE app PASSWORD :'password'"],
        ["etcd", "--initial-cluster-token=pg-ha"],
    ],
)
def test_arguments_that_name_a_secret_do_not_hold_one(arguments) -> None:
    objects = system()
    web(objects)["args"] = arguments
    assert found("S09", objects) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("app.properties", "spring.datasource.password=hunter2"),
        ("app.yaml", "  password: hunter2"),
        ("redis.conf", "requirepass hunter2"),
        ("init.sql", "CREATE ROLE app LOGIN PASSWORD 'hunter2';"),
        ("app.json", '  "apiKey": "hunter2hunter2",'),
    ],
)
def test_a_password_in_a_file_of_a_config_map_is_found_by_its_line(file, line) -> None:
    objects = system()
    objects["ConfigMap shop-config"]["data"][file] = f"first = 1\n{line}\n"
    (violation,) = found("S09", objects)
    assert violation.path == f"data[{file}]"
    assert "line 2" in violation.found
    assert "hunter2" not in str(violation)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("app.properties", "# password=hunter2"),
        ("app.yaml", "  password: ${DB_PASSWORD}"),
        ("schema.yaml", "  password: string"),
        ("app.py", "password = get_password('db')"),
        ("app.yaml", "  secretName: shop-tls\n  passwordSecret:\n    name: shop"),
        ("pg_hba.conf", "host all all all password"),
        ("postgresql.conf", "password_encryption = 'scram-sha-256'"),
        ("dex.yaml", "  clientSecret: $dex.github.clientSecret"),
        ("nginx.conf", "proxy_set_header X-Token $token;"),
    ],
)
def test_a_file_that_speaks_of_passwords_holds_none(file, line) -> None:
    objects = system()
    objects["ConfigMap shop-config"]["data"][file] = f"first = 1\n{line}\n"
    assert found("S09", objects) == []


@pytest.mark.parametrize(
    ("annotations", "count"),
    [
        ({"a/url": "https://app:hunter2@host/"}, 1),
        ({"shop/password": "hunter2"}, 1),
        ({"checksum/secret": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}, 0),
        ({"nginx.ingress.kubernetes.io/auth-secret": "basic-auth"}, 0),
        ({"kubectl.kubernetes.io/last-applied-configuration": '{"password": "x"}'}, 0),
    ],
)
def test_annotations_are_open_to_all(annotations, count) -> None:
    objects = system()
    objects["Service shop"]["metadata"]["annotations"] = annotations
    assert len(found("S09", objects)) == count


def test_a_private_key_in_a_config_map_is_told_once() -> None:
    objects = system()
    objects["ConfigMap shop-config"]["data"]["tls.key"] = KEY
    assert [violation.path for violation in found("S10", objects)] == ["data[tls.key]"]
    assert found("S09", objects) == [], "one finding for one thing"
    objects["ConfigMap shop-config"]["data"]["tls.key"] = KEY.replace("RSA PRIVATE KEY", "CERTIFICATE")
    assert found("S10", objects) == [], "a certificate is public"


def test_a_kubeconfig_is_told_in_a_config_map_and_among_manifests() -> None:
    config = "apiVersion: v1\nkind: Config\nclusters: []\nusers:\n- name: a\n  user:\n    token: {}\n"
    objects = system()
    objects["ConfigMap shop-config"]["data"]["config"] = config.format("abcdef")
    assert len(found("S10", objects)) == 1
    objects["ConfigMap shop-config"]["data"]["config"] = config.replace("token: {}", "tokenFile: /run/token")
    assert found("S10", objects) == []
    assert len(found("S11", config.format("abcdef"))) == 1
    assert found("S11", config.replace("token: {}", "tokenFile: /run/token")) == []


COMMITTED = frozenset({Ref("Secret", "shop", "shop-secrets")})


def test_a_committed_secret_with_values_is_told_without_them() -> None:
    objects = system()
    objects["Secret shop-secrets"]["stringData"]["DB_PASSWORD"] = "hunter2"
    assert found("S11", objects) == [], "where a set comes from, only its reader can tell"
    (violation,) = found("S11", objects, committed=COMMITTED)
    assert violation.path == "stringData[DB_PASSWORD]"
    assert "hunter2" not in str(violation)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"password": "aHVudGVy\nMg==\n"}, ["data[password]"]),
        ({"store.jks": "/v7+/g=="}, ["data[store.jks]"]),
        ({"key.pem": base64.b64encode(b"-----BEGIN PRIVATE KEY-----\n").decode()}, ["data[key.pem]"]),
        ({"tls.crt": base64.b64encode(b"-----BEGIN CERTIFICATE-----\n").decode()}, []),
        ({"password": "ENC[AES256_GCM,data:aGk=,iv:eA==,tag:eQ==,type:str]"}, []),
        ({"password": "<path:vault#x>", "token": "", "other": None}, []),
        ({"password": base64.b64encode(b"${PASSWORD}").decode()}, []),
    ],
    ids=["base64 over two lines", "bytes", "a private key", "a certificate", "sops", "markers", "a marker in base64"],
)
def test_what_a_committed_secret_tells_is_what_a_reader_of_the_file_can_read(data: dict, told: list[str]) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "shop-secrets", "namespace": "shop"}}
    assert [v.path for v in found("S11", {**secret, "data": data}, committed=COMMITTED)] == told


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"livenessProbe": {"exec": {"command": ["sh", "-c", "PGPASSWORD=hunter2 psql -c ''"]}}}, "exec.command[2]"),
        ({"lifecycle": {"preStop": {"exec": {"command": ["stop", "--token", "hunter2x"]}}}}, "exec.command[2]"),
        (
            {"startupProbe": {"httpGet": {"httpHeaders": [{"name": "Authorization", "value": "Basic aHVudGVyMg=="}]}}},
            "httpGet.httpHeaders[Authorization]",
        ),
        (
            {"readinessProbe": {"httpGet": {"httpHeaders": [{"name": "X-Api-Key", "value": "hunter2x"}]}}},
            "httpGet.httpHeaders[X-Api-Key]",
        ),
    ],
    ids=["probe", "hook", "login", "key"],
)
def test_what_the_kubelet_asks_a_container_with_is_plain_text_too(fields: dict, path: str) -> None:
    objects = system()
    web(objects).update(fields)
    (violation,) = found("S09", objects)
    assert violation.path.endswith(path)
    assert "hunter2" not in str(violation)
    assert "$(NAME)" not in violation.fix, "Kubernetes fills that in where it starts a container only"


def test_a_header_or_a_question_without_a_credential_is_no_finding() -> None:
    objects = system()
    headers = [{"name": "Host", "value": "shop"}, {"name": "Authorization", "value": "Bearer <configured token>"}]
    web(objects)["livenessProbe"] = {"httpGet": {"httpHeaders": headers}}
    web(objects)["startupProbe"] = {"exec": {"command": ["sh", "-c", 'PGPASSWORD="$DB_PASSWORD" psql']}}
    assert found("S09", objects) == []
