"""Mistakes in settings files, as a person can act on them: where, what was found, what is allowed, what to do."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_SECRET_WORDS = ("secret", "password", "token", "credential")
"""Below a key with one of these in it, what was found is not repeated: somebody may have written the secret itself."""

_EXPECTED = {
    "string_type": "a text; quote what YAML would read as something else",
    "int_type": "a whole number, without quotes",
    "int_from_float": "a whole number",
    "float_type": "a number, without quotes",
    "bool_type": "true or false, without quotes",
    "dict_type": "a mapping: `key: value` lines below it",
    "list_type": "a list: `- item` lines below it",
    "greater_than_equal": "a number from {ge} on",
    "less_than_equal": "a number up to {le}",
    "too_short": "at least {min_length} of them",
    "string_too_short": "a text of at least {min_length} characters",
    "string_pattern_mismatch": "a text of the form {pattern}",
}
"""pydantic's kinds of error → what is allowed, in words of a settings file."""


@dataclass(frozen=True)
class Mistake:
    """One thing to correct. `path` is dotted, as `pulumi config set --path` takes it."""

    file: str
    path: str
    found: str
    allowed: str
    do: str = ""
    why: str = ""

    def __str__(self) -> str:
        lines = [f"{self.file} · {self.path or '(the whole file)'}"]
        for word in ("found", "allowed", "why", "do"):
            text = getattr(self, word)
            lines += [f"    {word:7}  {text}"] if text else []
        return "\n".join(lines)


class SettingsRefused(Exception):
    """Settings that can't work. The text lists every mistake; nothing was registered."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes), key=lambda mistake: (mistake.file, mistake.path, mistake.allowed))
        count = len(self.mistakes)
        head = f"{count} mistake{'s' if count > 1 else ''} in the settings; nothing was touched"
        super().__init__("\n\n".join([head, *map(str, self.mistakes)]))


class Misplaced(ValueError):
    """What a Section finds of one of its parts: the ValueError belongs to `path` below it."""

    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.path = path


class Several(ValueError):
    """What more than one check finds."""

    def __init__(self, found: Sequence[ValueError]) -> None:
        super().__init__("; ".join(map(str, found)))
        self.found = found


def ask_all(checks: Iterable[Callable[[], None]]) -> None:
    """Run every check, and raise what they raised: the one ValueError, or Several of them."""
    found: list[ValueError] = []
    for check in checks:
        try:
            check()
        except Several as more:
            found += more.found
        except ValueError as error:
            found.append(error)
    if found:
        raise found[0] if len(found) == 1 else Several(found)


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A sentence that proposes the nearest allowed word, or an empty text where none is near."""
    match = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f"did you mean `{match[0]}`?" if match else ""


def described(value: Any, path: tuple[str, ...]) -> str:
    """What was found, short, and never a text that may be a secret."""
    if isinstance(value, Mapping):
        return "a mapping with " + (", ".join(map(str, value)) or "nothing in it")
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if value is None:
        return "nothing"
    if any(word in step.lower() for step in path for word in _SECRET_WORDS):
        return "a value (not repeated here: it may be a secret)"
    text = str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 80 else text[:77] + "…"


def _model_at(model: Any, path: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The Section that stands at `path` below `model`: through mappings, lists, optional and annotated types."""
    for step in path:
        if isinstance(model, type) and issubclass(model, BaseModel):
            by_alias = {field.alias or name: field for name, field in model.model_fields.items()}
            if step not in by_alias:
                return None
            model = by_alias[str(step)].annotation
        else:
            model = (get_args(model) or (None,))[-1]
        while not isinstance(model, type) and type(None) in get_args(model):
            model = next(arg for arg in get_args(model) if arg is not type(None))
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def allowed_keys(model: type[BaseModel]) -> list[str]:
    """The keys of one Section, as they are written in a file."""
    return [field.alias or name for name, field in model.model_fields.items()]


def from_validation(
    error: ValidationError, model: type[BaseModel], file_of: Callable[[tuple[str, ...]], str]
) -> list[Mistake]:
    """Every error of pydantic as a Mistake. `file_of(path)` names the file that the value at `path` came from."""
    return [
        _mistake(one, model, file_of) for details in error.errors(include_url=False) for one in _one_by_one(details)
    ]


def _one_by_one(details: Any) -> list[Any]:
    error = details.get("ctx", {}).get("error")
    return [{**details, "ctx": {"error": one}} for one in error.found] if isinstance(error, Several) else [details]


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _own_words(text: str) -> tuple[str, str, str]:
    """(allowed, found, why) of a validator's «allowed: …; found …» or «allowed: …; why»."""
    allowed, _, rest = text.removeprefix("allowed: ").partition("; ")
    return (allowed, rest.removeprefix("found "), "") if rest.startswith("found ") else (allowed, "", rest)


def _expected(kind: str, message: str, context: Mapping[str, Any]) -> str:
    text = _EXPECTED.get(kind)
    return text.format_map(context) if text else message.removeprefix("Input should be ")


def _mistake(details: Any, model: type[BaseModel], file_of: Callable[[tuple[str, ...]], str]) -> Mistake:
    is_key = details["loc"][-1:] == ("[key]",)
    steps = tuple(step for step in details["loc"] if step != "[key]")
    path = tuple(str(step) for step in steps)
    kind, context = details["type"], details.get("ctx", {})
    # A key stands in the path anyway.
    found = f"the name `{path[-1]}`" if is_key else described(details["input"], path)
    allowed, do, why = _expected(kind, details["msg"], context), "", ""
    if kind == "extra_forbidden":
        here = _model_at(model, steps[:-1])
        keys = allowed_keys(here) if here else []
        found, allowed, do = f"the unknown key `{path[-1]}`", ", ".join(keys), nearest(path[-1], keys)
    elif kind == "missing":
        found, allowed = "nothing", "a value; this key is required"
        do = f"state `{path[-1]}` in the system's file, or in this stack's"
    elif kind == "literal_error":
        words = [word.strip("' ") for word in context["expected"].replace(" or ", ",").split(",")]
        allowed, do = ", ".join(words), nearest(str(details["input"]), words)
    elif kind == "value_error":
        error = context["error"]
        below = error.path if isinstance(error, Misplaced) else ()
        allowed, said, why = _own_words(str(error))
        found = said or (described(_at(details["input"], below), path + below) if below else found)
        path += below
    elif kind == "model_type":
        here = _model_at(model, steps)
        allowed = f"a mapping of {', '.join(allowed_keys(here))}" if here else "a mapping"
    return Mistake(file_of(path), ".".join(path), found, allowed, do, why)
