"""`database.schema` as objects: a Job of the owner's, between the roles and the apps, whose files are in ConfigMaps."""

import re

import plans
import pytest
import refused

from components.compose import compose
from components.postgres import applying
from components.postgres.access import bootstrap_sql
from components.postgres.configuration import postgresql_conf
from components.schema import check
from components.settings import load

SCHEMA = {"folder": "sql/bill-inquiry", "extensions": ["uuid-ossp", "pg_stat_statements"]}
WITH_SCHEMA = {"database": {"schema": SCHEMA}}
TOPOLOGIES = pytest.mark.parametrize("topology", ["standalone", "replicated", "shared"])


def plan(topology: str = "standalone"):
    return plans.plan("dev", plans.layered(WITH_SCHEMA, {"database": {"topology": topology}}))


def of_files(tmp_path, files: dict[str, str]):
    """The plan of dev with a folder of these files."""
    root = refused.copy_of_settings(tmp_path)
    (root / "sql/own").mkdir()
    for name, text in files.items():
        (root / "sql/own" / name).write_text(text)
    given = load.from_file("dev")
    patch = plans.layered(given.patch, {"database": {"schema": {"folder": "sql/own"}}})
    return compose(load.decode(load.Configuration("dev", patch, given.secrets), root).system)


def pod(found):
    return plans.template(plans.one(found, "Job", "postgres-schema"))


@TOPOLOGIES
def test_the_job_comes_after_the_roles_and_before_every_app(topology):
    found = plan(topology)
    run = plans.one(found, "Job", "postgres-schema")
    bootstrap = plans.one(found, "Job", "postgres-bootstrap")
    assert bootstrap.reference in run.after, "without its roles and its ledger there is nothing to apply as or to"
    for kind, name in (("Deployment", "observer"), ("Job", "observer-migration")):
        assert run.reference in plans.one(found, kind, name).after, f"{name} counts on the tables"


@TOPOLOGIES
def test_it_signs_in_as_the_owner_and_never_as_the_superuser(topology):
    (container,) = pod(plan(topology))["spec"]["containers"]
    secrets = {entry["name"]: entry["valueFrom"]["secretKeyRef"] for entry in container["env"] if "valueFrom" in entry}
    assert {key["name"] for key in secrets.values()} == {"postgres-owner"}, "rule 2: who migrates is the owner"
    assert set(secrets) == {"PGUSER", "PGPASSWORD"}, "rule 4: the password is in no argument"


@TOPOLOGIES
def test_extensions_are_the_superusers_to_make_and_their_libraries_are_loaded(topology):
    database = plans.system("dev", plans.layered(WITH_SCHEMA, {"database": {"topology": topology}})).database
    sql = bootstrap_sql(database)
    for name in SCHEMA["extensions"]:
        assert f'CREATE EXTENSION IF NOT EXISTS "{name}";' in sql, "pg_stat_statements is no trusted extension"
    entered = sql.index('\\connect "observer"')
    assert sql.index("CREATE EXTENSION") > entered, "in the database itself, not in the one that psql begins in"
    text = "\n".join(str(manifest.body) for manifest in plan(topology).manifests)
    assert re.search(r"shared_preload_libraries\W+pg_stat_statements", text), "or its view fails when it is read"


def test_a_database_without_a_schema_is_as_it_was():
    database = plans.system("dev").database
    assert "CREATE EXTENSION" not in bootstrap_sql(database), "unless the section is given, nothing of it is made"
    assert "shared_preload_libraries" not in postgresql_conf(database), "and nothing is loaded"
    assert not [manifest for manifest in plans.plan("dev").manifests if "schema" in manifest.name], "and no Job runs"


def test_another_text_is_another_job_and_the_same_one_is_the_same(tmp_path):
    first, same, other = (
        plans.one(of_files(tmp_path / name, {"001_a.sql": sql}), "Job", "postgres-schema").name
        for name, sql in (("a", "SELECT 1;\n"), ("b", "SELECT 1;\r\n"), ("c", "SELECT 2;\n"))
        if not (tmp_path / name).mkdir()
    )
    assert first == same != other, "a Job is named after what it does"


def test_files_beyond_one_configmap_are_parted_and_mounted_together(tmp_path):
    rows = f"INSERT INTO a VALUES ('{'x' * (check.LARGEST // 2)}');\n"
    found = of_files(tmp_path, {f"{number:03}_a.sql": rows for number in range(1, 5)})
    texts = [m for m in found.manifests if m.kind == "ConfigMap" and m.name.startswith("postgres-schema")]
    assert len(texts) > 1, "a ConfigMap holds 1 MiB"
    for text in texts:
        assert sum(len(value.encode()) for value in text.body["data"].values()) <= check.LARGEST, "each of them"
    held = [key for text in texts for key in text.body["data"]]
    assert sorted(held) == ["001_a.sql", "002_a.sql", "003_a.sql", "004_a.sql", applying.SCRIPT], "and all of them once"
    (volume,) = [v for v in pod(found)["spec"]["volumes"] if v["name"] == "schema"]
    mounted = [source["configMap"]["name"] for source in volume["projected"]["sources"]]
    assert mounted == [text.name for text in texts], "in one directory"


def test_a_job_reads_its_own_files_however_late_its_node_hears_of_a_change(tmp_path):
    names = set()
    for place, sql in (("a", "SELECT 1;"), ("b", "SELECT 2;")):
        (tmp_path / place).mkdir()
        (volume,) = [
            v for v in pod(of_files(tmp_path / place, {"001_a.sql": sql}))["spec"]["volumes"] if "configMap" in v
        ]
        names.add(volume["configMap"]["name"])
    assert len(names) == 2, "a ConfigMap that is changed in place may still be the former one where it is mounted"


def test_the_script_names_no_file_that_is_not_mounted_and_every_one_that_is():
    (data,) = [m.body["data"] for m in plan().manifests if m.kind == "ConfigMap" and applying.SCRIPT in m.body["data"]]
    named = re.findall(rf"\\i {applying.FOLDER}/(\S+)", data[applying.SCRIPT])
    assert named == [key for key in data if key != applying.SCRIPT], "in the order of the files"


def test_no_word_of_a_file_name_means_anything_to_psql_or_sql():
    folder = {"001_a.sql": b"SELECT 1;\n", "002_b-c.d.sql": b"SELECT 1;\n"}
    script = applying.script(check.read("s", "plain", folder).units)
    for line in script.splitlines():
        if line.startswith(("\\i ", "\\echo ")):
            assert re.fullmatch(r"\\(i|echo) [\w /.,:@+-]+", line), f"nothing of a shell or of psql in it: {line}"
    assert applying.text("it's") == "'it''s'", "a literal stays one"


@pytest.mark.parametrize(
    ("patch", "path", "allowed"),
    [
        ({"schema": {"folder": "sql/bill"}}, "database.schema.folder", "sql/bill-inquiry"),
        ({"schema": {"folder": "../sql"}}, "database.schema.folder", "below the repository's root"),
        ({"schema": {"folder": "/etc"}}, "database.schema.folder", "below the repository's root"),
        ({"schema": {"folder": "components"}}, "database.schema.folder", "files only"),
        ({"schema": {**SCHEMA, "extensions": ["pg_stat_statement"]}}, "database.schema.extensions", "it lacks"),
        ({"schema": {**SCHEMA, "extensions": ['"; DROP']}}, "database.schema.extensions.0", "lower-case letters"),
        (
            {"schema": SCHEMA, "parameters": {"shared_preload_libraries": "auto_explain"}},
            "database.parameters.shared_preload_libraries",
            "pg_stat_statements",
        ),
    ],
)
def test_a_schema_that_could_not_work_is_refused(patch, path, allowed):
    (mistake,) = refused.refusal({"database": patch}).mistakes
    assert mistake.path == path, "the message says where"
    assert allowed in str(mistake), "and what is allowed"


def test_an_external_database_has_no_schema_here():
    (mistake,) = refused.refusal({"database": {"schema": SCHEMA}}, "docspell-dev").mistakes
    assert "`migration`" in mistake.allowed, "an app brings it"


def test_sql_that_does_not_parse_is_refused_with_all_other_mistakes(tmp_path):
    with pytest.raises(load.SettingsRefused) as error:
        of_files(tmp_path, {"001_a.sql": "SELEC 1;", "002_b.sql": "COMMIT;"})
    files = [mistake.file for mistake in error.value.mistakes]
    assert files == ["sql/own/001_a.sql", "sql/own/002_b.sql"], "before anything is registered"
    assert "nothing was touched" in str(error.value), "and it says so"
