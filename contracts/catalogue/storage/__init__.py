"""The family «storage»: claims exist, are had by whom they may be had, and hold the data."""

from contracts.catalogue.contract import Contract
from contracts.catalogue.storage import archives, claims, data, sharing

CONTRACTS: list[Contract] = [
    Contract("T01", "every claim that a pod mounts is there", claims.existing),
    Contract("T02", "a claim for one node or pod is not shared by workloads that may run apart", sharing.shared),
    Contract("T03", "a claim for one node or pod has pods of one node, or one pod, at any time", sharing.single),
    Contract("T04", "the data of a database lies on a claim", data.kept),
    Contract("T05", "a claim is mounted where that image's version keeps its data, and not as its root", data.placed),
    Contract("T06", "a claim can be made: access modes, size", claims.makeable),
    Contract("T07", "a claim fits the volume and the class that it names", claims.bound),
    Contract("T08", "an archive of WAL has one writer, and nobody restores from its own", archives.single),
]
