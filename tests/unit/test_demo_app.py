"""The pure parts of the demo that stands in for the Observer. Its database and server are tested on the node."""

import json
import logging
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "devcluster" / "images" / "demo"))

from observer import files
from observer.logs import JsonLines
from observer.observation import BadObservation, observation
from observer.settings import REQUIRED, BadEnvironment, login, settings

WHOLE = dict.fromkeys(REQUIRED, "s3cr3t") | {"DB_HOST": "postgres", "DB_PORT": "5432"}


def test_every_missing_variable_is_named_in_one_sentence():
    with pytest.raises(BadEnvironment) as refused:
        settings({})
    text = str(refused.value)
    assert all(f"{name} is not set" in text for name in REQUIRED), f"one start must show all that is missing: {text}"
    assert text.count(".") == 1, f"one sentence: {text}"


def test_an_empty_variable_counts_as_missing():
    with pytest.raises(BadEnvironment, match="DB_HOST is not set"):
        settings(WHOLE | {"DB_HOST": ""})


def test_no_secret_is_shown_by_a_refusal_or_by_the_settings_themselves():
    with pytest.raises(BadEnvironment) as refused:
        settings(WHOLE | {"SERVICE_PORT": "http"})
    assert "s3cr3t" not in str(refused.value), "a log is read by more people than a secret"
    shown = repr(settings(WHOLE | {"DB_NAME": "n", "DB_USER": "u"}))
    assert "s3cr3t" not in shown, "settings end up in tracebacks"


@pytest.mark.parametrize("port", ["0", "65536", "-1", "5432.0", "٥"])
def test_a_port_that_can_not_be_one_is_refused(port: str):
    with pytest.raises(BadEnvironment, match=r"DB_PORT is .*1 to 65535"):
        login(WHOLE | {"DB_PORT": port})


def test_the_directories_default_to_the_observers_contract_and_follow_their_variables():
    found = settings(WHOLE | {"OBSERVER_DATA_DIR": "/elsewhere"}).directories
    assert found["OBSERVER_DATA_DIR"] == Path("/elsewhere"), "the variable decides"
    assert found["OBSERVER_SNAPSHOT_DIR"] == Path("/opt/platform/runtime/observer/universe"), (
        "the Observer's own default"
    )


def test_a_log_line_is_one_json_object_that_says_which_pod_wrote_it():
    record = logging.LogRecord("observer", logging.INFO, __file__, 1, "two\nlines %s", ("가",), None)
    line = JsonLines("observer-1").format(record)
    assert "\n" not in line, "collectors take one line for one event"
    assert json.loads(line)["message"] == "two\nlines 가", "nothing of the message is lost"
    assert json.loads(line)["pod"] == "observer-1", "two replicas write to one volume"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"symbol":"","price":1}', b'{"symbol":"a\\u0000","price":1}', b'{"symbol":"a"}',
     b'{"symbol":"a","price":"NaN"}', b'{"symbol":"a","price":-1}', b'{"symbol":"a","price":1e12}', b"\xff"],
)  # fmt: skip
def test_what_is_no_observation_is_refused_before_it_reaches_the_database(body: bytes):
    with pytest.raises(BadObservation):
        observation(body)


def test_a_price_keeps_its_digits():
    assert observation(b'{"symbol": "005930", "price": "71200.10"}') == ("005930", "71200.10"), "prices are not floats"


def test_a_directory_that_is_gone_is_named_with_its_variable(tmp_path: Path):
    there, gone = tmp_path, tmp_path / "gone"
    (problem,) = files.problems({"OBSERVER_LOG_DIR": there, "OBSERVER_DATA_DIR": gone}, "pod")
    assert "OBSERVER_DATA_DIR" in problem and str(gone) in problem, f"/ready must say where to look: {problem}"
    assert list(there.iterdir()) == [], "the trial leaves no file behind"
