"""Texts that operators put together: what they write is what the engine would have written, for any password.

The functions are modelled here after their sources; 9,000 passwords through text/template and sprig 3.3.0 themselves,
in each of the three escapes, gave the same.
"""

import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.manifest import External, Infisical, Text
from components.secrets.template import quoted, template
from components.values import _escaped

PASSWORD = External("db", "password")
URI = Text(("postgresql://app:", PASSWORD, "@postgres:5432/observer?sslmode=prefer"), escape="url")

FUNCTIONS: dict[str, Callable[..., str]] = {
    # net/url, shouldEscape: letters, digits, `-`, `_`, `.`, `~` stay; QueryEscape writes a space as `+`.
    "urlquery": lambda text: quote_plus(text, safe=""),
    "replace": lambda old, new, text: text.replace(old, new),
    # encoding/json, HTMLEscape on: these three are written as \u.
    "toJson": lambda text: re.sub("[<>&\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text)),
    "trimPrefix": lambda prefix, text: text.removeprefix(prefix),
    "trimSuffix": lambda suffix, text: text.removesuffix(suffix),
}

_LITERAL = r'"(?:[^"\\]|\\.)*"'
_ACTION = re.compile(
    rf"\{{\{{ (?:(?P<literal>{_LITERAL})|with (?P<of>.+?) \}}\}}\{{\{{ \.(?P<pipe>.*?) \}}\}}\{{\{{ else \}}\}}"
    rf"\{{\{{ fail (?P<reason>{_LITERAL}) \}}\}}\{{\{{ end) \}}\}}"
)


def run(text: str, value: str) -> str:
    """What an operator writes for a template in which every expression stands for `value`."""

    def one(action: re.Match[str]) -> str:
        if action["literal"]:
            return json.loads(action["literal"])
        if not value:
            raise AssertionError(json.loads(action["reason"]))
        found = value
        for call in action["pipe"].split(" | ")[1:]:
            name, *arguments = re.findall(rf"{_LITERAL}|\S+", call)
            found = FUNCTIONS[name](*map(json.loads, arguments), found)
        return found

    return _ACTION.sub(one, text)


def written(entry: str | Text | External, value: str) -> str:
    return run(template(entry, lambda _: 'index . "value-1"'), value)


CHARACTERS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)


@given(CHARACTERS)
def test_a_uri_has_the_password_that_a_driver_reads_back(password: str) -> None:
    uri = written(URI, password)
    assert uri == f"postgresql://app:{quote(password, safe='')}@postgres:5432/observer?sslmode=prefer"
    found = urlsplit(uri)
    assert unquote(found.password or "") == password, "libpq and JDBC read %20, and a plus as a plus"
    assert (found.hostname, found.port, found.path) == ("postgres", 5432, "/observer"), "nothing of it leaks into these"


@given(CHARACTERS, st.sampled_from(["none", "url"]))
def test_an_operator_writes_what_the_engine_would_have_written(password: str, escape: str) -> None:
    entry = Text(("before ", PASSWORD, " after"), escape=escape)  # type: ignore[arg-type]
    assert written(entry, password) == f"before {_escaped(password, escape)} after"


@given(CHARACTERS)
def test_a_registrys_password_is_json_that_reads_back(password: str) -> None:
    entry = Text(('{"auths":{"ghcr.io":{"password":"', PASSWORD, '"}}}'), escape="json")
    assert json.loads(written(entry, password))["auths"]["ghcr.io"]["password"] == password


@given(CHARACTERS)
def test_a_whole_value_is_not_touched(password: str) -> None:
    assert written(PASSWORD, password) == password


@pytest.mark.parametrize("entry", [PASSWORD, URI])
def test_a_value_that_is_not_there_is_refused_and_becomes_no_password(entry: External | Text) -> None:
    with pytest.raises(AssertionError, match="<external db> is empty, or not there"):
        written(entry, "")


@given(st.text(st.sampled_from('{}"`\\ ab%')))
def test_plain_text_stands_for_itself_whatever_braces_it_has(text: str) -> None:
    assert written(text, "x") == text
    assert written(Text((text, PASSWORD, text)), "x") == f"{text}x{text}"
    head, _, _ = template(Text((text, PASSWORD)), lambda _: "e").rpartition("{{ with e }}")
    assert not head.endswith("{"), "Go would begin the action one brace too early"


def test_the_text_is_as_the_operators_documents_have_it() -> None:
    assert template(URI, lambda _: 'index . "password"') == (
        'postgresql://app:{{ with index . "password" }}{{ . | urlquery | replace "+" "%20" }}{{ else }}'
        '{{ fail "<external db> is empty, or not there" }}{{ end }}@postgres:5432/observer?sslmode=prefer'
    )
    found = template(Infisical("/kis", 'a"b'), lambda value: f"(index . {quoted(value.key)}).Value")
    assert found.startswith('{{ with (index . "a\\"b").Value }}{{ . }}{{ else }}{{ fail "<infisical /kis a\\"b> is')
