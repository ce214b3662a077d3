"""Who logs in to a database: one name for each of its roles."""

from components.settings.section import Section, rule
from components.settings.words import Identifier


class Roles(Section):
    """Rule 2: nobody's superuser, an owner for migrations, an app role for DML, a reader, who reads statistics, who
    dumps: each row, and no more; and who has the archive kept."""

    superuser: Identifier = "postgres"
    owner: Identifier
    app: Identifier
    reader: Identifier
    monitor: Identifier = "postgres_exporter"
    dump: Identifier = "postgres_dump"
    archive: Identifier = "postgres_archive"

    @rule
    def _distinct(self) -> None:
        names = list(self.model_dump().values())
        if len(set(names)) != len(names):
            raise ValueError("allowed: seven different names; an app that is owner or superuser can drop its tables")
