"""The `probes` section of a database: how often the kubelet asks the server, and how long it bears no answer."""

from pydantic import Field

from components.settings.section import Section, rule

LEAST_SILENCE = 30
"""Seconds that a server may be silent before it is killed: the shortest checkpoint stall that a slow disk makes is a
matter of seconds, and a killed server has its crash recovery before it. A choice, not a measurement."""


class Probe(Section):
    """The kubelet's own figures, in seconds (kubernetes.io/docs, «Configure Liveness, Readiness and Startup Probes»).

    Neither begins before the startup probe has succeeded, whose budget is `crashRecoverySeconds`.
    """

    initial_delay_seconds: int = Field(default=0, ge=0, le=3600)
    period_seconds: int = Field(ge=1, le=300)
    timeout_seconds: int = Field(ge=1, le=60)
    failure_threshold: int = Field(ge=1, le=100)

    @rule
    def _one_at_a_time(self) -> None:
        if self.timeout_seconds > self.period_seconds:
            raise ValueError(
                f"allowed: a timeoutSeconds of at most periodSeconds, {self.period_seconds}, or the next question "
                f"comes late; found {self.timeout_seconds}"
            )

    @property
    def figures(self) -> dict[str, int]:
        """As the kubelet is told; a delay of none is not mentioned."""
        delay = {"initialDelaySeconds": self.initial_delay_seconds} if self.initial_delay_seconds else {}
        return delay | {
            "timeoutSeconds": self.timeout_seconds,
            "periodSeconds": self.period_seconds,
            "failureThreshold": self.failure_threshold,
        }


class Readiness(Probe):
    """Whether connections are accepted: soon known, so that a Service leads nobody to a server that is not there."""

    period_seconds: int = Field(default=5, ge=1, le=300)
    timeout_seconds: int = Field(default=3, ge=1, le=60)
    failure_threshold: int = Field(default=2, ge=1, le=100)


class Liveness(Probe):
    """Whether anybody is there at all."""

    period_seconds: int = Field(default=10, ge=1, le=300)
    timeout_seconds: int = Field(default=5, ge=1, le=60)
    failure_threshold: int = Field(default=6, ge=1, le=100)


class ServerProbes(Section):
    """Of the server's container. The startup probe is no setting: its budget is that of the crash recovery."""

    readiness: Readiness = Readiness()
    liveness: Liveness = Liveness()

    @rule
    def _patient(self) -> None:
        silence = self.liveness.period_seconds * self.liveness.failure_threshold
        if silence < LEAST_SILENCE:
            raise ValueError(
                f"allowed: a liveness of at least {LEAST_SILENCE} s (periodSeconds times failureThreshold), for a "
                f"server that is killed begins with its recovery; found {silence} s"
            )


def check_probes(topology: str, probes: ServerProbes | None) -> None:
    """Raise ValueError where the servers' probes are somebody else's to decide."""
    if probes is not None and topology != "standalone":
        whose = {"replicated": "Patroni's", "shared": "the operator's"}.get(topology, "of whoever runs it")
        raise ValueError(f"allowed: `probes` of a standalone database; those of this one are {whose}")
