"""What a container takes whole, by envFrom: variables that nothing in the pod names one by one."""

from contracts.index import Index
from contracts.reading import Reading
from contracts.workload import Container, Workload


def taken_whole(index: Index, workload: Workload, *containers: Container) -> list[Reading]:
    """The ConfigMaps and Secrets that `containers` take whole."""
    places = tuple(f"{container.where}.envFrom[" for container in containers)
    return [reading for reading in index.readings_of(workload) if reading.where.startswith(places)]


def more_may_come(index: Index, workload: Workload, container: Container) -> bool:
    """Whether the container takes a source whole that the set does not have, or not with all its keys."""
    sources = (index.sources.of(reading.source) for reading in taken_whole(index, workload, container))
    return any(source is None or not source.complete for source in sources)
