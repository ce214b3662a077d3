"""Who connects to a database: every container whose variables name a host, whatever their style."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.environment import Variable
from contracts.index import Index
from contracts.known.drivers import DEFAULT_PORT, field_of, parsed_url
from contracts.workload import Container, Workload


@dataclass(frozen=True)
class Said:
    """What a variable says. `value` is compared, and shown unless it is a password; `where` is the variable's place."""

    value: str
    where: str
    variable: str


@dataclass(frozen=True)
class Client:
    """One connection that a container means to make; a field is None where no variable gives it a known value."""

    workload: Workload
    container: Container
    host: Said
    port: Said | None
    database: Said | None
    user: Said | None
    password: Said | None

    @property
    def port_number(self) -> str:
        """The port as it will be used."""
        return self.port.value if self.port else str(DEFAULT_PORT)


def clients(index: Index) -> list[Client]:
    """Every client of the set."""
    return [
        client
        for workload in index.workloads
        for container in workload.containers
        for client in _of(index, workload, container)
    ]


def _of(index: Index, workload: Workload, container: Container) -> Iterator[Client]:
    groups: dict[str, dict[str, Said]] = {}
    for variable in index.environment(workload, container).values():
        value = known_value(index, variable)
        if not value:
            continue
        if url := parsed_url(value):
            said = {field: Said(part, variable.where, variable.name) for field, part in vars(url).items() if part}
            groups[f"url {variable.name}"] = said
        elif named := field_of(variable.name):
            group, field = named
            groups.setdefault(group, {})[field] = Said(value, variable.where, variable.name)
    for said in groups.values():
        if "host" in said:
            fields = {field: said.get(field) for field in ("port", "database", "user", "password")}
            yield Client(workload, container, said["host"], **fields)


def known_value(index: Index, variable: Variable) -> str | None:
    """The value of a variable, a Secret's included where the set has it: to be compared, a password never shown."""
    if variable.source is not None and variable.secret:
        return index.sources.secret_value(variable.source, variable.key)
    return variable.value
