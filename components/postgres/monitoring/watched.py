"""One database, as metrics name it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Watched:
    """`pod` and `claim` are regular expressions for the servers' pods and for the volumes that count; `container` is
    the server's own in them. `database` is the one that apps use, as `users`.

    Whoever tells the metrics of a server, they carry its pod's name.
    """

    namespace: str
    service: str
    instances: int
    pod: str
    claim: str
    container: str
    database: str = ""
    users: tuple[str, ...] = ()

    def of(self, metric: str, *more: str) -> str:
        """The series of one metric of the servers."""
        return f"{metric}{{{','.join([self.pods, *more])}}}"

    @property
    def pods(self) -> str:
        """Labels of the servers' series."""
        return f'namespace="{self.namespace}",pod=~"{self.pod}"'

    @property
    def claims(self) -> str:
        """Labels of the series of the volumes."""
        return f'namespace="{self.namespace}",persistentvolumeclaim=~"{self.claim}"'
