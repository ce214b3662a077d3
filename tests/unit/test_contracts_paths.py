"""Where the code reads and writes is where something is mounted: P01 to P08."""

import pytest
from contract_examples import found
from contract_pods import app, database, mount, pod, system, unmount

from contracts.catalogue.paths.names import as_path, is_written


def test_the_system_holds() -> None:
    told = [violation for number in range(1, 9) for violation in found(f"P{number:02}", system())]
    assert told == [], "an example that holds must not be told of, or no finding below proves anything"


def test_a_variable_that_leaves_the_path_of_the_code_is_found() -> None:
    objects = system()
    objects["ConfigMap shop-config"]["data"]["SHOP_DATA_DIR"] = "/srv/shop/date"
    (violation,) = found("P01", objects)
    assert violation.found == "SHOP_DATA_DIR=/srv/shop/date, from ConfigMap shop/shop-config"
    assert violation.nearest == "/srv/shop/data", "that is what the code takes for granted"
    assert found("P02", objects) == [], "one slip is one finding, and P01 tells it"


def test_a_slash_at_the_end_changes_no_path() -> None:
    objects = system()
    objects["ConfigMap shop-config"]["data"]["SHOP_DATA_DIR"] = "/srv/shop/data/"
    assert found("P01", objects) == []


def test_what_lies_below_a_lost_mount_has_one_cause() -> None:
    objects = system()
    mount(app(objects), "logs")["mountPath"] = "/srv/shop/log"
    violations = found("P02", objects)
    assert {v.found.partition("=")[0] for v in violations} == {"SHOP_LOG_DIR", "SHOP_AUDIT_LOG_DIR"}
    assert len({v.cause for v in violations}) == 1, "both go back to the mount that moved"
    assert violations[0].nearest == "/srv/shop/log"
    assert not any(v.undecided for v in violations), "it lies beside other mounts: no default of an image"


def test_a_written_path_under_a_read_only_mount_is_found() -> None:
    objects = system()
    mount(app(objects), "data")["readOnly"] = True
    (violation,) = found("P02", objects)
    assert "read-only" in violation.found and violation.path.endswith("envFrom[0].configMapRef")


def test_a_declared_path_must_be_mounted_even_where_the_root_can_be_written() -> None:
    objects = system()
    app(objects)["securityContext"]["readOnlyRootFilesystem"] = False
    unmount(app(objects), "data")
    (violation,) = found("P02", objects)
    assert "lost with the pod" in violation.because


def test_a_read_only_path_must_be_mounted_where_the_code_looks() -> None:
    objects = system()
    mount(app(objects), "config")["mountPath"] = "/srv/shop/conf"
    (violation,) = found("P02", objects)
    assert violation.found.startswith("SHOP_CONFIG_DIR=/srv/shop/config, the code's own path")
    assert violation.nearest == "/srv/shop/conf"


def test_a_migration_that_takes_the_apps_variables_needs_none_of_its_directories() -> None:
    objects = system()
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "migration", "namespace": "shop"},
        "spec": {"template": {"spec": {"containers": [{**app(objects), "args": [], "volumeMounts": []}]}}},
    }
    assert found("P02", objects, job) == [], "the ConfigMap is the app's; the migration reads the database's name in it"


def test_a_default_of_an_image_is_undecided() -> None:
    objects = system()
    app(objects)["env"].append({"name": "GF_PATHS_LOGS", "value": "/var/log/grafana"})
    (violation,) = found("P02", objects)
    assert violation.undecided, "its name says that it is written, nothing else does"


def test_what_a_script_writes_under_a_read_only_root_is_found() -> None:
    objects = system()
    app(objects)["args"] = ["sh", "-c", "date > /srv/shop/started 2>/dev/null; exec web"]
    (violation,) = found("P02", objects)
    assert violation.found.startswith("`> /srv/shop/started`")


@pytest.mark.parametrize(
    "name", ["KIS_TOKEN_CACHE_DIR", "LOG_FILE", "DATADIR", "TMPDIR", "GF_PATHS_DATA", "XDG_CACHE_HOME", "backup.path"]
)
def test_a_name_tells_what_is_written(name: str) -> None:
    assert is_written(name)


@pytest.mark.parametrize(
    "name",
    "PATH HOME JAVA_HOME LD_LIBRARY_PATH PYTHONPATH SSL_CERT_FILE KUBECONFIG LOG_CONFIG_PATH BASE_PATH HEALTH_PATH "
    "DATA_API_PATH TEMPLATE_DIR STATIC_DATA_DIR POSTGRES_PASSWORD_FILE".split(),
)
def test_a_name_that_tells_nothing_is_left_alone(name: str) -> None:
    assert not is_written(name)


@pytest.mark.parametrize("value", ["/upload", "/dev/stdout", "/usr/share/data", "/etc/x", "a/b", "//x", "/a:/b", ""])
def test_what_is_no_path_of_the_app_is_left_alone(value: str) -> None:
    assert not as_path("UPLOAD_PATH", value)


def test_a_mount_of_no_volume_is_found_with_the_idle_one() -> None:
    objects = system()
    mount(app(objects), "logs")["name"] = "log"
    (violation,) = found("P03", objects)
    assert violation.path == "spec.template.spec.containers[web].volumeMounts[/srv/shop/logs].name"
    assert violation.nearest == "logs"
    assert found("P04", objects) == [], "the idle volume is the other half of the same slip"


def test_a_claim_that_no_container_mounts_is_found() -> None:
    objects = system()
    unmount(app(objects), "logs")
    (violation,) = found("P04", objects)
    assert violation.path == "spec.template.spec.volumes[logs]"
    assert {v.cause for v in found("P02", objects)} == {violation.cause}, "what can't be written now is its consequence"


def test_an_idle_volume_that_holds_nothing_or_is_optional_is_left_alone() -> None:
    objects = system()
    pod(objects)["volumes"] += [
        {"name": "room", "emptyDir": {}},
        {"name": "tls", "secret": {"secretName": "tls", "optional": True}},
    ]
    assert found("P04", objects) == []


def test_a_path_that_is_mounted_twice_is_found() -> None:
    objects = system()
    mount(app(objects), "tmp")["mountPath"] = "/srv/shop/logs/"
    (violation,) = found("P05", objects)
    assert "volumes logs and tmp" in violation.found


@pytest.mark.parametrize("sub_path", ["/pgdata", "../up", "a/../../b"])
def test_a_sub_path_that_leaves_its_volume_is_found(sub_path: str) -> None:
    objects = system()
    mount(app(objects), "data")["subPath"] = sub_path
    (violation,) = found("P05", objects)
    assert violation.path.endswith("volumeMounts[/srv/shop/data].subPath")


def test_a_sub_path_of_an_unset_variable_is_found() -> None:
    objects = system()
    mount(app(objects), "data")["subPathExpr"] = "$(POD_NAMES)"
    (violation,) = found("P05", objects)
    assert violation.nearest == "POD_NAME"
    mount(app(objects), "data")["subPathExpr"] = "$(POD_NAME)/x"
    assert found("P05", objects) == []


def test_a_mount_inside_a_volume_of_files_is_found() -> None:
    objects = system()
    mount(app(objects), "tmp")["mountPath"] = "/srv/shop/config/cache"
    (violation,) = found("P06", objects)
    assert "does not start" in violation.because


def test_a_mount_inside_a_claim_or_over_a_file_that_is_there_is_fine() -> None:
    objects = system()
    mount(app(objects), "tmp")["mountPath"] = "/srv/shop/data/cache"
    assert found("P06", objects) == [], "a claim can be written, so a place to mount on is made"
    app(objects)["volumeMounts"].append(
        {"name": "tmp", "mountPath": "/srv/shop/config/prices.yaml", "subPath": "prices.yaml"}
    )
    assert found("P06", objects) == [], "the file is there"


def test_a_mount_over_the_programs_of_the_image_is_found() -> None:
    objects = system()
    mount(app(objects), "tmp")["mountPath"] = "/usr"
    assert len(found("P06", objects)) == 1


@pytest.mark.parametrize("volume", ["socket", "tmp"])
def test_a_database_with_a_read_only_root_needs_its_places(volume: str) -> None:
    objects = system()
    unmount(database(objects), volume)
    (violation,) = found("P07", objects)
    assert violation.fix.startswith("mount an emptyDir at /")


def test_a_client_in_the_databases_image_needs_none_of_its_places() -> None:
    objects = system()
    database(objects).update(command=["sh", "-c", "psql -c 'SELECT 1'"], volumeMounts=[])
    assert found("P07", objects) == []


def test_a_socket_elsewhere_and_run_for_var_run_are_fine() -> None:
    objects = system()
    mount(database(objects), "socket")["mountPath"] = "/run/postgresql"
    assert found("P07", objects) == []
    database(objects)["args"] = ["-c", "unix_socket_directories=/tmp"]
    unmount(database(objects), "socket")
    assert found("P07", objects) == []


def test_a_file_that_an_argument_names_and_the_configmap_lacks_is_found() -> None:
    objects = system()
    app(objects)["args"] = ["--config=/srv/shop/config/shop.yml"]
    (violation,) = found("P08", objects)
    assert violation.path == "spec.template.spec.containers[web].args[0]"
    assert violation.nearest == "/srv/shop/config/shop.yaml"


def test_a_file_whose_mount_has_moved_is_found() -> None:
    objects = system()
    mount(app(objects), "config")["mountPath"] = "/srv/shop/settings"
    (violation,) = found("P08", objects)
    assert violation.nearest == "/srv/shop/settings/shop.yaml"


def test_a_single_file_that_is_mounted_where_nobody_looks_is_found() -> None:
    objects = system()
    app(objects)["args"] = ["--config=/etc/shop/shop.yaml"]
    mount(app(objects), "config").update(mountPath="/etc/shop/shop.yml", subPath="shop.yaml")
    (violation,) = found("P08", objects)
    assert violation.nearest == "/etc/shop/shop.yml", "the file is there, under another name"
    mount(app(objects), "config")["mountPath"] = "/etc/shop/shop.yaml"
    assert found("P08", objects) == []


def test_the_files_of_a_certificate_are_those_that_cert_manager_writes() -> None:
    objects = system()
    pod(objects)["volumes"][2] = {"name": "config", "secret": {"secretName": "shop-tls"}}
    app(objects)["args"] = ["--key=/srv/shop/config/tls.kye"]
    spec: dict[str, object] = {"secretName": "shop-tls", "dnsNames": ["shop"], "issuerRef": {"name": "ca"}}
    objects["Certificate shop"] = {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": spec,
    }
    (violation,) = found("P08", objects)
    assert violation.nearest == "/srv/shop/config/tls.key"
    spec["additionalOutputFormats"] = [{"type": "DER"}]
    assert found("P08", objects) == [], "more files than these may be there"


def test_a_file_of_an_unknown_or_optional_source_is_left_alone() -> None:
    objects = system()
    app(objects)["args"] = ["--config=/srv/shop/config/other.yaml", "--web.route=/srv"]
    pod(objects)["volumes"][2]["configMap"]["optional"] = True
    assert found("P08", objects) == []
    pod(objects)["volumes"][2]["configMap"] = {"name": "made-elsewhere"}
    assert found("P08", objects) == []


def test_a_volume_that_two_containers_share_is_where_their_scripts_look() -> None:
    objects = system()
    init = {
        **app(objects),
        "name": "ready",
        "args": ["sh", "-c", "touch /flags/ready"],
        "volumeMounts": [{"name": "tmp", "mountPath": "/flags"}],
    }
    pod(objects)["initContainers"] = [init]
    app(objects)["args"] = ["sh", "-c", "[ -e /flags/ready ] && exec web"]
    (violation,) = found("P08", objects)
    assert violation.nearest.endswith("/ready") and "/flags" not in violation.nearest, (
        "the same volume is mounted there in this container"
    )
    mount(app(objects), "tmp")["mountPath"] = "/flags"
    assert found("P08", objects) == []


def test_what_the_code_declares_to_write_must_be_mounted() -> None:
    objects = system()
    annotations = objects["Deployment shop"]["spec"]["template"]["metadata"]["annotations"]
    annotations["contracts.postgres-apps/writes"] = "/tmp/x /srv/shop/spool"  # noqa: S108
    (violation,) = found("P02", objects)
    assert violation.path == "spec.template.metadata.annotations[contracts.postgres-apps/writes]"
    assert violation.found.startswith("/srv/shop/spool"), "the other one is mounted"


def test_a_claim_that_is_mounted_read_only_holds_no_database() -> None:
    objects = system()
    mount(database(objects), "data")["readOnly"] = True
    (violation,) = found("P07", objects)
    assert violation.fix == "take readOnly off the mount"
