"""S12: a Secret with a role's password names that role."""

from collections.abc import Iterator

from contracts.clusters import SUPERUSER, clusters, roles
from contracts.index import Index
from contracts.objects import at, text
from contracts.plaintext import placeholder
from contracts.violation import Ref, Violation


def usernames(index: Index) -> Iterator[Violation]:
    """S12. Decided where the set, or a template that makes the Secret, tells the user's name."""
    for cluster in clusters(index):
        body = index.objects[cluster]
        if superuser := text(at(body, "spec", "superuserSecret", "name")):
            yield from _differing(index, cluster, cluster, "spec.superuserSecret.name", superuser, SUPERUSER)
        for role in roles(index, cluster):
            where = role.path.removesuffix(".owner") + ".secret.name" if not role.body else ""
            path = where or f"{role.path}.passwordSecret.name"
            yield from _differing(index, cluster, role.object, path, role.secret, role.name)


def _differing(index: Index, cluster: Ref, user: Ref, path: str, secret: str, role: str) -> Iterator[Violation]:
    source = Ref("Secret", cluster.namespace, secret)
    username = index.sources.secret_value(source, "username")
    if username is None or username.strip() == role or placeholder(username):
        return
    aborts = "the synchronisation of every role of the Cluster ends there" if ".managed." in path else "it is refused"
    yield Violation(
        "S12",
        user,
        path,
        found=f"Secret {secret} with the user {username.strip()}",
        expected=f"`username: {role}` in Secret {secret}",
        because=f"CloudNativePG compares the Secret's user with the role before it sets the password; {aborts}",
        fix=f"write username: {role} in Secret {secret}, or name the Secret of {role}",
        cause=f"{source} is not for the role {role}",
    )
