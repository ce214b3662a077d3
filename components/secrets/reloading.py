"""Who rolls the pods when an operator changes a Secret between two runs of the program."""

from collections.abc import Iterable

from components.manifest import SECRET_MAKERS, Manifest
from components.secrets import infisical

RELOAD = {"cnpg.io/reload": "true"}
"""A label by which CloudNativePG brings a changed password into PostgreSQL at once (its docs, «Declarative role
management»)."""


def reloaded(own: Iterable[Manifest], of_role: Manifest | None, elsewhere: Iterable[str] = ()) -> dict[str, str]:
    """Annotations of a Deployment whose pods read these: Infisical's operator rolls them itself, for all others
    Stakater's Reloader does, where it is installed.

    `own` are the app's Secrets, `of_role` is the database's. That one rolls nothing by itself where PostgreSQL learns
    a new password by `up` only: no new pod could log in. `elsewhere` are names of Secrets that come with an external
    database, whose changes no run of this program sees.
    """
    followed = of_role is not None and RELOAD.items() <= of_role.body["metadata"]["labels"].items()
    watched = [each for each in (*own, *([of_role] if of_role and followed else [])) if each.kind in SECRET_MAKERS]
    others = [each.name for each in watched if each.kind not in infisical.KINDS]
    names = [*others, *elsewhere]
    found = {"secret.reloader.stakater.com/reload": ",".join(names)} if names else {}
    # Infisical's annotation is for all that it makes: where one must wait, the others wait with it.
    waits = of_role is not None and of_role.kind in infisical.KINDS and not followed
    if len(others) < len(watched) and not waits:
        found["secrets.infisical.com/auto-reload"] = "true"
    return found
