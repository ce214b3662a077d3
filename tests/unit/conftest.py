"""What the tests of the program share: a recording engine, and what the real stacks register in it."""

import gc
from collections.abc import Callable

import plans
import pytest
from engine import Recording, main_program, record
from hypothesis import settings

# The same examples on every run: a unit test that fails once in a while stops being read. No time limit per example.
settings.register_profile("unit", deadline=None, derandomize=True, database=None, max_examples=60)
settings.load_profile("unit")


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


SECRETS = {
    "ghcrToken": 'ghcr-"quoted"\\token',
    "backupKeyId": "backup&key/id?2",
    "backupKey": "backup&key/value?3",
    "backupPassword": "backup&pass/word?4",
    "kisAppKey": "kis&app/key?1",
    "kisAppSecret": "kis-app-secret-🔑",
    "kisHtsId": "kis-hts-id-4711",
}
"""Values of the configured secrets, told apart from everything else, and hard to write into JSON and URLs."""


def configured(stack: str) -> dict[str, str]:
    """Full key → value, of the secrets that this stack reads."""
    unset = plans.load.decode(plans.load.from_file(stack)).unset
    return {plans.PREFIX + key: SECRETS[key] for key in unset}


@pytest.fixture(scope="session")
def recorded() -> Callable[[str], Recording]:
    """What a real stack registers through the real __main__.py, by the stack's name; made once."""
    made: dict[str, Recording] = {}

    def recording(stack: str) -> Recording:
        if stack not in made:
            config = plans.engine_config(stack)
            others = Recording(stacks=plans.others(stack))
            made[stack] = record(main_program, stack_name=stack, config=config, secrets=configured(stack), into=others)
        return made[stack]

    return recording
