"""Questions about a set that many findings ask, and one answer."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from contracts.inventory import Inventory

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
Known = TypeVar("Known", bound=Inventory)

_UNKNOWN = object()


def once(
    question: Callable[Concatenate[Known, Parameters], Answer],
) -> Callable[Concatenate[Known, Parameters], Answer]:
    """Work `question` out once for an index and the same arguments, however many findings ask it."""

    @wraps(question)
    def answered(index: Known, *arguments: Parameters.args, **named: Parameters.kwargs) -> Answer:
        key = (question, arguments, *named.items())
        found = index.answers.get(key, _UNKNOWN)
        if found is _UNKNOWN:
            found = index.answers[key] = question(index, *arguments, **named)
        return found

    return answered
