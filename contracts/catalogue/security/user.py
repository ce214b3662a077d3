"""X07, X08: the user that a pod names, and the one that its image is made for."""

from collections.abc import Iterator

from contracts.catalogue.security.level import windows
from contracts.index import Index
from contracts.known.databases import engine_of, serves
from contracts.known.images import is_postgres_server, known_user, parts, started_as
from contracts.objects import at, items, text
from contracts.violation import Violation
from contracts.workload import Container, Workload


def user_of(workload: Workload, container: Container) -> int | None:
    """The numeric user of a container: the one that is set, else that of a known image; None where unknown."""
    stated = workload.security(container, "runAsUser")
    if isinstance(stated, int) and not isinstance(stated, bool):
        return stated
    engine = engine_of(container.image)
    if engine is not None and engine.root:
        return 0
    return _own_user(container)


def _own_user(container: Container) -> int | None:
    """The user that a known image becomes."""
    engine = engine_of(container.image)
    return known_user(container.image) or (engine.user if engine is not None else None)


def _place(workload: Workload, container: Container, field: str) -> str:
    """The path of a field of the security context: where it is set, or where it belongs."""
    own = at(container.body, "securityContext", field) is not None
    return f"{container.where if own else workload.where}.securityContext.{field}"


def starts(index: Index) -> Iterator[Violation]:
    """X07. The kubelet does not start root under runAsNonRoot; without its capabilities root can't become another."""
    for workload in index.workloads:
        if windows(workload):
            continue
        told: set[str] = set()
        for container in workload.containers:
            stated = workload.security(container, "runAsUser")
            nonroot = workload.security(container, "runAsNonRoot") is True
            if nonroot and stated == 0 and not isinstance(stated, bool):
                if (place := _place(workload, container, "runAsUser")) not in told:
                    yield _contradiction(workload, container, place)
                told.add(place)
            elif stated is None and nonroot and (started := started_as(container.image)):
                yield _unverified(workload, container, *started)
            elif stated is None and user_of(workload, container) == 0:
                image = parts(container.image)[0]
                if nonroot:
                    because = "with runAsNonRoot the kubelet does not start it: image will run as root"
                    yield _nameless(workload, container, f"whose image {image} starts as root", because)
                elif serves(container) and _powerless(container):
                    because = f"{image} starts as root and then becomes its own user: operation not permitted"
                    yield _nameless(workload, container, "which drops the capabilities to change its user", because)


def _contradiction(workload: Workload, container: Container, place: str) -> Violation:
    known = _own_user(container)
    return Violation(
        "X07",
        workload.ref,
        place,
        found="runAsUser 0 beside runAsNonRoot: true",
        expected=f"runAsUser {known}" if known else "a number above 0",
        because=f"the kubelet does not start container {container.name}: CreateContainerConfigError",
        nearest=str(known or ""),
        fix=f"set runAsUser to {known or 'the user of the image'}",
        cause=f"{workload.ref} runs as root under runAsNonRoot",
    )


def _nameless(workload: Workload, container: Container, found: str, because: str) -> Violation:
    """Nobody names a user, and the image starts as root."""
    known, image = _own_user(container), parts(container.image)[0]
    return Violation(
        "X07",
        workload.ref,
        _place(workload, container, "runAsUser"),
        found=f"no runAsUser for {container.name}, {found}",
        expected=f"runAsUser {known}",
        because=because,
        nearest=str(known),
        fix=f"set runAsUser, runAsGroup and fsGroup to {known}: then it starts as that user",
        cause=f"{workload.ref} names no user for {image}",
    )


def _unverified(workload: Workload, container: Container, name: str, number: int) -> Violation:
    """Nobody names a user, and the image starts as root or as a name."""
    image = parts(container.image)[0]
    told = "image will run as root" if name == "root" else f"image has non-numeric user ({name})"
    return Violation(
        "X07",
        workload.ref,
        _place(workload, container, "runAsUser"),
        found=f"no runAsUser for {container.name}, whose image {image} starts as {name}",
        expected=f"runAsUser {number}",
        because=f"with runAsNonRoot the kubelet does not start it: {told}",
        nearest=str(number),
        fix=f"set runAsUser to {number}",
        cause=f"{workload.ref} names no user for {image}",
    )


def _powerless(container: Container) -> bool:
    """Whether a container may not change its user: it drops SETUID or SETGID, and doesn't add them again."""
    dropped = {text(word) for word in items(at(container.body, "securityContext", "capabilities", "drop"))}
    added = {text(word) for word in items(at(container.body, "securityContext", "capabilities", "add"))}
    needed = {"SETUID", "SETGID"}
    return "ALL" not in added and bool(needed & dropped - added or ("ALL" in dropped and needed - added))


def known(index: Index) -> Iterator[Violation]:
    """X08. PostgreSQL refuses a data directory that is another user's, and a user without a name (alpine)."""
    for workload in index.workloads:
        if windows(workload):
            continue
        told: set[tuple[str, object]] = set()
        for container in workload.containers:
            expected, stated = known_user(container.image), workload.security(container, "runAsUser")
            if expected is None or stated is None or stated in {expected, 0} or not serves(container):
                continue
            if parts(container.image)[0].startswith("bitnami"):
                continue  # Made for any user of the group 0.
            place = _place(workload, container, "runAsUser")
            if (place, stated) in told:
                continue
            told.add((place, stated))
            yield Violation(
                "X08",
                workload.ref,
                place,
                found=f"runAsUser {stated} for {container.image.partition('@')[0]}",
                expected=f"runAsUser {expected}",
                because=_because(container.image, expected),
                nearest=str(expected),
                fix=f"set runAsUser, runAsGroup and fsGroup to {expected}",
            )


def _because(image: str, expected: int) -> str:
    if not is_postgres_server(image):
        return f"the image's own user is {expected}: its files are that user's"
    kind = "alpine, where postgres is 70 (999 in Debian)" if expected == 70 else "Debian, where postgres is 999"
    return f"the image is {kind}; PostgreSQL needs a user with a name, who owns the data directory"
