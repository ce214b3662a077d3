"""Who logs in to a database: one name for each of its roles."""

from typing import Self

from pydantic import model_validator

from components.settings.words import Identifier, Section


class Roles(Section):
    """Rule 2: nobody's superuser, an owner for migrations, an app role for DML, a reader, and who reads statistics."""

    superuser: Identifier = "postgres"
    owner: Identifier
    app: Identifier
    reader: Identifier
    monitor: Identifier = "postgres_exporter"

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [self.superuser, self.owner, self.app, self.reader, self.monitor]
        if len(set(names)) != len(names):
            raise ValueError("allowed: five different names; an app that is owner or superuser can drop its tables")
        return self
