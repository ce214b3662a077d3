"""Names and quantities: what is accepted here is accepted by Kubernetes and PostgreSQL."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.settings import quantity, words
from components.settings.network import Cidr, Duration

# The rules as k8s.io/apimachinery/pkg/util/validation has them, written anew and not taken from components/.
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
RFC1035_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
CONFIG_MAP_KEY = re.compile(r"[-._a-zA-Z0-9]+")
QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
QUANTITY = re.compile(r"([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)")


def accepts(kind, text) -> bool:
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


def is_label(text):
    return len(text) <= 63 and DNS_LABEL.fullmatch(text) is not None


RULES = {
    "Label": (words.Label, is_label),
    "ServiceName": (words.ServiceName, lambda t: len(t) <= 63 and RFC1035_LABEL.fullmatch(t) is not None),
    "ObjectName": (
        words.ObjectName,
        lambda t: len(t) <= 253 and all(DNS_LABEL.fullmatch(part) for part in t.split(".")),
    ),
    "FileName": (
        words.FileName,
        lambda t: len(t) <= 253 and CONFIG_MAP_KEY.fullmatch(t) is not None and t != "." and not t.startswith(".."),
    ),
    "LabelValue": (words.LabelValue, lambda t: len(t) <= 63 and (not t or QUALIFIED.fullmatch(t) is not None)),
    "Variable": (words.Variable, lambda t: re.fullmatch(r"[-._a-zA-Z][-._a-zA-Z0-9]*", t) is not None),
}
near_names = st.text(alphabet="abz019-._AZ/ é\n", max_size=70)


@pytest.mark.parametrize("name", RULES)
@given(text=near_names)
def test_what_is_accepted_here_kubernetes_accepts(name, text):
    kind, rule = RULES[name]
    if accepts(kind, text):
        assert rule(text), f"{name} let {text!r} through"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (words.Label, ["a", "a-b", "0a", "a" * 63], ["", "-a", "a-", "A", "a.b", "a" * 64, "a\n", "é"]),
        (words.ServiceName, ["a", "postgres-1"], ["1a", "a_b", "a-"]),
        (words.ObjectName, ["a.b", "fast", "a" * 253], ["a..b", ".a", "a" * 254, "a_b"]),
        (words.Variable, ["A", "_x", "DB_HOST"], ["1A", "A-B", "A.B", ""]),
        (words.FileName, ["a.yaml", ".env", "A_1"], [".", "..", "..a", "a/b", ""]),
        (words.LabelKey, ["a", "example.org/A_b.c"], ["/a", "A/b", "a/b/c", "-a", "a/" + "b" * 64]),
        (words.LabelValue, ["", "v1.2_3"], ["a b", "-a", "a" * 64]),
        (words.Path, ["/a", "/a/b.c"], ["a", "/", "/a/", "/a/../b", "/a:b", "//a", "/a/."]),
        (words.HttpPath, ["/", "/a?b=c"], ["a", "/a b", "/a\n", ""]),
        (Cidr, ["10.0.0.0/8", "0.0.0.0/0", "fd00::/8"], ["10.0.0.1/8", "10.0.0.0/33", "x"]),
        (Duration, ["30s", "1h30m"], ["30", "s", "-1s", ""]),
        (words.Identifier, ["observer", "_a1", "user"], ["A", "1a", "pg_x", "public", "all", "replication", "a" * 64]),
        (
            words.Image,
            ["postgres:15-alpine", "localhost:5000/a/b:1", f"a@sha256:{'0' * 64}", f"ghcr.io/a/b:1@sha256:{'f' * 64}"],
            ["postgres", "postgres:latest", "a:", "a@sha256:00", ":1", "A b:1", "a:1:2", "Postgres:15", "a:1 "],
        ),
    ],
)
def test_examples_of_names(kind, good, bad):
    assert [text for text in good if not accepts(kind, text)] == [], "these are right"
    assert [text for text in bad if accepts(kind, text)] == [], "these are refused there, so they are refused here"


@given(number=st.decimals(min_value=0, max_value=10**6, places=3), unit=st.sampled_from(list(quantity._FACTORS)))
def test_quantities_are_what_kubernetes_reads(number, unit):
    from kubernetes.utils.quantity import parse_quantity  # noqa: PLC0415

    text = f"{number:f}{unit}"
    assert QUANTITY.fullmatch(text), "Kubernetes' own grammar takes it"
    assert quantity.amount(text) == parse_quantity(text), "the same value as the Kubernetes client finds"


@pytest.mark.parametrize("text", ["", "Gi", "1GB", "1 Gi", "-1", "1e3Gi", "0x1", "1,5", "½", "1gi", "1K"])
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(ValueError, match="allowed: a Kubernetes quantity"):
        quantity.amount(text)


@pytest.mark.parametrize(
    ("text", "mib"), [("1Gi", 1024), ("1G", 953), ("512Mi", 512), ("1048576", 1), ("1048575", 0), ("0.5Gi", 512)]
)
def test_mebibytes_are_whole_and_rounded_down(text, mib):
    assert quantity.mebibytes(text) == mib


@pytest.mark.parametrize(
    ("kind", "value", "ok"),
    [
        (quantity.Quantity, "250m", True),
        (quantity.Quantity, 2, True),
        (quantity.Quantity, 0.5, True),
        (quantity.Quantity, "0", False),
        (quantity.Quantity, True, False),
        (quantity.Size, "1Mi", True),
        (quantity.Size, 64, False),
        (quantity.Size, "512m", False),
        (quantity.Size, "0Gi", False),
    ],
)
def test_a_forgotten_unit_is_seen(kind, value, ok):
    assert accepts(kind, value) is ok, "64 bytes of memory is 64Mi with the unit forgotten"


def test_amounts_are_exact():
    assert quantity.amount("0.1") + quantity.amount("0.2") == Decimal("0.3"), "no binary fractions"


@pytest.mark.parametrize(("value", "ok"), [("x", True), (1, True), (True, False), (1.1, False), (None, False)])
def test_a_variable_is_a_text_as_it_was_written(value, ok):
    assert accepts(words.Value, value) is ok, "YAML reads 1.10 as 1.1 and true as True; an app would see neither"
