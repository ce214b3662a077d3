"""Connection: the only thing that crosses from databases to apps.

Every topology publishes it with the same fields and the same keys, so another topology changes no line of an app.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from components.manifest import Secret, Text

Field = Literal["host", "port", "database", "user", "password", "sslmode", "sslrootcert", "url", "jdbc_url"]

Values = dict[str, str | Secret | Text]

AUTHORITY_DIRECTORY = "/etc/postgresql-ca"
AUTHORITY_FILE = f"{AUTHORITY_DIRECTORY}/ca.crt"
"""Where every client in this stack has the certificate of who signed the server's."""

SECRET_FIELDS: frozenset[str] = frozenset({"user", "password", "url", "jdbc_url"})
"""These go to a Secret; the rest to a ConfigMap. The user goes with its password, as in kubernetes.io/basic-auth."""

PRESETS: dict[str, dict[str, Field]] = {
    "libpq": {
        "PGHOST": "host",
        "PGPORT": "port",
        "PGDATABASE": "database",
        "PGUSER": "user",
        "PGPASSWORD": "password",
        "PGSSLMODE": "sslmode",
    },
    "db": {
        "DB_HOST": "host",
        "DB_PORT": "port",
        "DB_NAME": "database",
        "DB_USER": "user",
        "DB_PASSWORD": "password",
    },
    "url": {"DATABASE_URL": "url"},
    "jdbc": {"JDBC_DATABASE_URL": "jdbc_url", "JDBC_DATABASE_USERNAME": "user", "JDBC_DATABASE_PASSWORD": "password"},
}
"""Variables by convention. libpq: postgresql.org/docs, «Environment Variables»; jdbc: Heroku's names."""

SECRET_KEYS = ("type", "provider", "host", "port", "database", "username", "password", "uri")
"""The keys of every credentials Secret: the well-known entries of servicebinding.io/spec/core/1.1.0."""


@dataclass(frozen=True)
class Authority:
    """Who signed the server's certificate: the object whose key `ca.crt` clients mount."""

    kind: Literal["ConfigMap", "Secret"]
    name: str


@dataclass(frozen=True)
class Connection:
    """How one role reaches one database. Plain values, but for the password.

    `peers` are the labels of the pods that answer; `client_labels` those that a pod must carry to be let through,
    so that one NetworkPolicy can be written from both ends. `read_only` is the twin where there are standbys.
    `authority` is None where clients don't check whose certificate it is.
    """

    host: str
    port: int
    database: str
    user: str
    password: Secret
    secret: str
    sslmode: str
    peers: dict[str, str]
    client_labels: dict[str, str]
    read_only: Self | None = None
    authority: Authority | None = None

    @property
    def ports(self) -> list[int]:
        """Every port that a client may use, each once: the twin's too."""
        return list(dict.fromkeys([self.port] + ([self.read_only.port] if self.read_only else [])))

    def field(self, field: Field) -> str | Secret | Text:
        """The value of one field, as an environment variable takes it."""
        match field:
            case "port":
                return str(self.port)
            case "url":
                return self._url("postgresql", credentials=True)
            case "jdbc_url":
                return self._url("jdbc:postgresql", credentials=False)
            case "sslrootcert":
                return AUTHORITY_FILE if self.authority else ""
            case _:
                return getattr(self, field)

    def beside(self, fields: Mapping[str, Field]) -> dict[str, str]:
        """What libpq reads besides `fields` where the server's certificate is checked: the mode alone finds no file."""
        told = "PGSSLMODE" in fields and "PGSSLROOTCERT" not in fields
        return {"PGSSLROOTCERT": AUTHORITY_FILE} if self.authority and told else {}

    def variables(self, fields: Mapping[str, Field]) -> tuple[Values, Values]:
        """The values of variables → fields, parted: what is plain, what belongs in a Secret."""
        values = {variable: self.field(field) for variable, field in fields.items()}
        hidden = {variable for variable, field in fields.items() if field in SECRET_FIELDS}
        plain = {variable: value for variable, value in values.items() if variable not in hidden}
        return plain, {variable: values[variable] for variable in values if variable in hidden}

    def _url(self, scheme: str, *, credentials: bool) -> Text:
        # JDBC takes user and password beside the URL, not in it.
        who: tuple[str | Secret, ...] = (f"{self.user}:", self.password, "@") if credentials else ()
        place = f"{self.host}:{self.port}/{self.database}?sslmode={self.sslmode}"
        if self.authority:
            place += f"&sslrootcert={AUTHORITY_FILE}"
        return Text((f"{scheme}://", *who, place), escape="url")

    def secret_entries(self) -> dict[str, str | Secret | Text]:
        """The content of the credentials Secret, with exactly the keys SECRET_KEYS."""
        return {
            "type": "postgresql",
            "provider": "postgres-apps",
            "host": self.host,
            "port": str(self.port),
            "database": self.database,
            "username": self.user,
            "password": self.password,
            "uri": self.field("url"),
        }
