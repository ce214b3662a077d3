"""What an app mounts, and where."""

from components.settings.quantity import Size
from components.settings.section import Section, exactly_one, rule
from components.settings.words import FileName, ObjectName, Path
from components.settings.workload import AccessMode, Claim


class Volume(Section):
    """A mount: a claim of its own, files from a ConfigMap, or scratch space that goes with the pod."""

    path: Path
    claim: ObjectName | None = None
    size: Size | None = None
    access_mode: AccessMode = "ReadWriteOnce"
    storage_class: ObjectName | None = None
    files: dict[FileName, str] | None = None
    scratch: Size | None = None

    @rule
    def _one(self) -> None:
        exactly_one(self, "claim", "files", "scratch")
        if (self.claim is None) != (self.size is None):
            raise ValueError("allowed: `claim` together with `size`")

    @property
    def as_claim(self) -> Claim | None:
        """The claim behind this mount, where there is one."""
        if self.claim is None or self.size is None:
            return None
        return Claim.model_construct(
            claim=self.claim, size=self.size, access_mode=self.access_mode, storage_class=self.storage_class
        )
