"""Views of a plan whose secrets come from elsewhere: where from is told, and no value has to be known."""

import plans
import pytest
import sourced
import yaml

from components import rendered
from components.compose import compose
from components.diagram import diagram
from components.explain import explain

ALL = plans.layered(sourced.EVERY_SOURCE, sourced.passwords("external"))


def row(text: str, variable: str) -> list[str]:
    """The cells of the line of one variable of the app."""
    of_app = text[text.index("Deployment observer · container observer") :]
    return next(line.split("  ") for line in of_app.splitlines() if line.strip().startswith(variable))


@pytest.mark.parametrize(
    ("variable", "source"),
    [
        ("FROM_STORE", "ExternalSecret observer-secrets-external"),
        ("FROM_INFISICAL", "InfisicalSecret observer-secrets-infisical-kis"),
        ("FROM_SEAL", "SealedSecret observer-secrets-sealed"),
        ("FROM_OTHERS", "somebody else's"),
        ("DB_PASSWORD", "connection.password"),
    ],
)
def test_explain_says_who_brings_a_secret(variable, source):
    system = plans.system("dev", ALL)
    cells = [cell.strip() for cell in row(explain(system, compose(system)), variable) if cell.strip()]
    assert "secret" in cells and source in cells, cells


def test_a_copied_password_is_told_with_where_it_is_copied_from():
    system = plans.system("dev", sourced.passwords("secret"))
    text = explain(system, compose(system))
    assert "Secret kis, key app-key" in next(line for line in text.splitlines() if "APP_PASSWORD" in line)


def test_the_diagram_draws_dashed_what_others_bring_and_nothing_red():
    system = plans.system("dev", ALL)
    text = diagram(system, compose(system))
    (dashed,) = [line for line in text.splitlines() if line.endswith(" absent")]
    nodes = {line.split("{{")[0].strip(): line for line in text.splitlines() if '{{"Secret' in line}
    found = {nodes[node].partition("<br/>")[2].rstrip('"}') for node in dashed.split()[1].split(",")}
    assert {"kis", "observer-secrets-external", "observer-secrets-sealed", "postgres-app-external"} <= found
    assert " broken" not in text.replace("classDef broken", ""), "the contracts know what an operator will make"


def test_rendered_files_have_the_operators_objects_whole_and_no_value():
    files = rendered.files("dev", plans.plan("dev", ALL))
    made = yaml.safe_load(files["externalsecret-postgres-app-external.yaml"])
    assert made["spec"]["target"]["name"] == "postgres-app-external", "it may be applied: there is no secret in it"
    assert "sealedsecret-observer-secrets-sealed.yaml" in files
    copied = rendered.files("dev", plans.plan("dev", sourced.passwords("secret")))
    secret = yaml.safe_load(copied["placeholders/secret-postgres-app.yaml"])
    assert secret["data"]["password"] == "<existing kis app-key>", "which no API server takes for base64"
