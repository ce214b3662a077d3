"""Where secret values come from."""

from typing import Self

from pydantic import Field, model_validator

from components.settings.words import ConfigKey, Section, exactly_one


class SecretSource(Section):
    """Where a secret value comes from. Its key is known when the plan is made, its value is not."""

    config: ConfigKey | None = None
    generate: int | None = Field(default=None, ge=32, le=256)

    @model_validator(mode="after")
    def _one(self) -> Self:
        exactly_one(self, "config", "generate")
        return self


class PullSecret(Section):
    """Credentials of an image registry: an imagePullSecret."""

    registry: str
    username: str
    password: SecretSource
