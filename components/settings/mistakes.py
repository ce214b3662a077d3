"""Mistakes in settings files, as a person can act on them: where, what was found, what is allowed, what to do."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_SECRET_SECTIONS = {"secrets", "pullSecrets", "password"}
"""Below these, what was found is not repeated: somebody may have written the secret itself."""


@dataclass(frozen=True)
class Mistake:
    """One thing to correct. `path` is dotted, as `pulumi config set --path` takes it."""

    file: str
    path: str
    found: str
    allowed: str
    do: str = ""

    def __str__(self) -> str:
        lines = [f"{self.file} · {self.path or '(the whole file)'}", f"    found    {self.found}"]
        lines += [f"    allowed  {self.allowed}"] if self.allowed else []
        lines += [f"    do       {self.do}"] if self.do else []
        return "\n".join(lines)


class SettingsRefused(Exception):
    """Settings that can't work. The text lists every mistake; nothing was registered."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes), key=lambda mistake: (mistake.file, mistake.path, mistake.allowed))
        count = len(self.mistakes)
        head = f"{count} mistake{'s' if count > 1 else ''} in the settings; nothing was touched"
        super().__init__("\n\n".join([head, *map(str, self.mistakes)]))


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
    if _SECRET_SECTIONS & set(path) and isinstance(value, str):
        return "a text (not repeated here: it may be a secret)"
    text = repr(value)
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


def from_validation(error: ValidationError, model: type[BaseModel], file_of: Any) -> list[Mistake]:
    """Every error of pydantic as a Mistake. `file_of(path)` names the file that the value at `path` came from."""
    return [_mistake(details, model, file_of) for details in error.errors(include_url=False)]


def _mistake(details: Any, model: type[BaseModel], file_of: Any) -> Mistake:
    steps = tuple(step for step in details["loc"] if step != "[key]")
    path = tuple(str(step) for step in steps)
    kind, message, context = details["type"], details["msg"], details.get("ctx", {})
    found, allowed, do = described(details["input"], path), message, ""
    if kind == "extra_forbidden":
        here = _model_at(model, steps[:-1])
        keys = allowed_keys(here) if here else []
        found, allowed, do = f"the unknown key `{path[-1]}`", ", ".join(keys), nearest(path[-1], keys)
    elif kind == "missing":
        found, allowed = "nothing", "a value; this key is required"
        do = f"state `{path[-1]}` in the system's file, or in this stack's"
    elif kind == "literal_error":
        allowed = context["expected"]
        do = nearest(str(details["input"]), [word.strip("' ") for word in allowed.replace(" or ", ",").split(",")])
    elif kind == "value_error":
        text = str(context["error"])
        allowed, _, do = text.removeprefix("allowed: ").partition("; ")
        allowed, do = (allowed, do) if text.startswith("allowed: ") else (text, "")
    elif kind == "model_type":
        here = _model_at(model, steps)
        allowed = f"a mapping of {', '.join(allowed_keys(here))}" if here else message
    else:
        allowed = message.removeprefix("Input should be ").removeprefix("Value should be ")
    return Mistake(file_of(path), ".".join(path), found, allowed, do)
