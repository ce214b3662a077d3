"""What every mapping of a settings file has in common, and how its rules are told all at once."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

from components.settings.mistakes import Misplaced, Several, ask_all


class Section(BaseModel):
    """One mapping of a settings file: frozen, camelCase keys, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, strict=True)

    _rules: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        methods = {name: value for one in reversed(cls.__mro__) for name, value in vars(one).items()}
        cls._rules = tuple(name for name, value in methods.items() if hasattr(value, "told_at"))

    @model_validator(mode="after")
    def _all_hold(self) -> Self:
        ask_all(partial(self._holds, getattr(self, name)) for name in self._rules)
        return self

    @staticmethod
    def _holds(check: Any) -> None:
        try:
            check()
        except (Misplaced, Several):
            raise
        except ValueError as error:
            raise Misplaced(str(error), *check.told_at) from None


Check = Callable[[Any], None]


def rule(check: Check) -> Check:
    """Marks a method that raises ValueError where a Section's values can't stand together.

    All rules of a Section are asked, once each of its values is one by itself, and all that they find is told: pydantic
    ends at the first model validator that raises.
    """
    return rule_of()(check)


def rule_of(*path: str) -> Callable[[Check], Check]:
    """The same for a rule about one key: what it finds is told at `path` below the Section."""

    def marked(check: Check) -> Check:
        setattr(check, "told_at", path)  # noqa: B010 (pyright knows no attributes of functions)
        return check

    return marked


def exactly_one(section: Section, *fields: str) -> None:
    """Raise ValueError unless just one of `fields` was given in `section`."""
    given = [field for field in fields if getattr(section, field) is not None]
    if len(given) != 1:
        raise ValueError(f"allowed: exactly one of {', '.join(fields)}; found {' and '.join(given) or 'none'}")
