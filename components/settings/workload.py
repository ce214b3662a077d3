"""What every workload states: resources, storage."""

from decimal import Decimal
from typing import Literal

from components.settings.quantity import Quantity, Size, amount
from components.settings.section import Section, rule
from components.settings.words import ObjectName

LONGEST_SET = 52
"""A longer StatefulSet gets no pods: controller-revision-hash is a label (kubernetes/kubernetes#64023)."""

AccessMode = Literal["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany"]


class Amounts(Section):
    """CPU in cores, memory in bytes, as Kubernetes writes them."""

    cpu: Quantity
    memory: Size


class Resources(Section):
    """Requests and limits; a request above its limit is refused, as the API server would."""

    requests: Amounts
    limits: Amounts

    @rule
    def _fits(self) -> None:
        for field in ("cpu", "memory"):
            asked, most = getattr(self.requests, field), getattr(self.limits, field)
            if amount(asked) > amount(most):
                raise ValueError(f"allowed: requests up to the limits; {field} requests {asked} of at most {most}")
        if amount(self.limits.cpu) < Decimal("0.01"):
            raise ValueError("allowed: a CPU limit of at least 10m; below it nothing starts")


class Claim(Section):
    """A PersistentVolumeClaim: an object of its own, so that it can grow in place (rule 6)."""

    claim: ObjectName
    size: Size
    access_mode: AccessMode = "ReadWriteOnce"
    storage_class: ObjectName | None = None

    @property
    def shareable(self) -> bool:
        """Whether pods on different nodes can mount it at the same time."""
        return self.access_mode == "ReadWriteMany"
