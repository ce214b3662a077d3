"""The image of a database's server: that its user is known, that it is of the version stated, that it can be had."""

from components.images import image_parts, is_bitnami, known_user

_HUB = ("bitnami/postgresql", "docker.io/bitnami/postgresql")


def check_image(image: str, version: int, user: int | None, superuser: str) -> None:
    """Raise ValueError where `image` can't run as it is described."""
    if user is None and known_user(image) is None:
        raise ValueError(
            f"allowed: `user`, the numeric user of {image}; only those of the official postgres image and of Bitnami's "
            "are known here"
        )
    repository, tag, _ = image_parts(image)
    if repository in _HUB:
        raise ValueError(
            f"allowed: postgres:{version}-bookworm, to which docs/bitnami.md moves the data, or "
            f"bitnamilegacy/postgresql to stay; found {image}: Bitnami has taken its versions from there "
            "(bitnami/containers#83267)"
        )
    if is_bitnami(image) and superuser != "postgres":
        raise ValueError(
            f"allowed: `postgres` as `roles.superuser` with Bitnami's image, whose superuser has that name; found "
            f"{superuser}"
        )
    if "postgres" not in repository:
        return  # whose version its tag tells, nobody knows
    major = tag.split("-")[0].split(".")[0]
    if major.isdigit() and int(major) != version:
        raise ValueError(f"allowed: an image of the version stated; the tag says {major}, `version` {version}")
