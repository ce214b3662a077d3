"""What is wrong with a cluster, in words, and what to do: pure, from its state alone."""

from operations.findings import etcd, members, whole
from operations.findings.finding import Finding
from operations.state import Cluster

__all__ = ["Finding", "findings"]


def findings(cluster: Cluster) -> list[Finding]:
    """Everything, what is wrong before what is only worth knowing. Nothing wrong in it: the cluster is healthy."""
    found = [*whole.findings(cluster), *etcd.findings(cluster)]
    for member in cluster.members:
        found += members.findings(cluster, member)
    return sorted(found, key=lambda finding: not finding.wrong)
