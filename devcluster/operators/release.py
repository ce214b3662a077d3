"""The objects of a CloudNativePG release: the file that the project publishes, read from its own Go module."""

import copy
import difflib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from devcluster.build import versions
from devcluster.images import cloudnativepg
from devcluster.toolchain import go_module, install

Object = dict[str, Any]

MODULE = "github.com/cloudnative-pg/cloudnative-pg"
_PUBLISHED = "https://raw.githubusercontent.com/cloudnative-pg/cloudnative-pg"
NAMESPACE = "cnpg-system"
DEPLOYMENT = "cnpg-controller-manager"
GROUP = "postgresql.cnpg.io"

CPU_LIMIT = "1"
"""The release's own limit is a tenth of a core, which a node of two cores can better. Its memory limit is kept."""


class NoOperator(Exception):
    """The operator can't be had, put in or taken out. The text says why and what to do."""


def known(minor: str) -> str:
    """The full version of `minor`, such as 1.30.0 of "1.30". Raises NoOperator for one that is not built here."""
    version = versions.CLOUDNATIVEPG.get(minor)
    if version is None:
        near = difflib.get_close_matches(minor, versions.CLOUDNATIVEPG, 1, cutoff=0.5)
        raise NoOperator(
            f"there is no operator of version {minor!r} here; there are {' and '.join(versions.CLOUDNATIVEPG)}"
            + (f": is it {near[0]}?" if near else "")
        )
    return version.removeprefix("v")


def address(minor: str) -> str:
    """Where the release is published, for a cluster that has a registry to pull from."""
    version = known(minor)
    return f"{_PUBLISHED}/release-{minor}/releases/cnpg-{version}.yaml"


def published(minor: str, say: Callable[[str], None] = lambda _: None) -> list[Object]:
    """The objects of the release as published, in its order.

    Raises NoOperator, toolchain.go.NoGo or CommandFailed.
    """
    version = known(minor)
    module = go_module.folder(install.MODULES / versions.CLOUDNATIVEPG_BUILDS[minor].module, MODULE, say)
    return copy.deepcopy(list(_read(module / "releases" / f"cnpg-{version}.yaml")))


@cache
def _read(file: Path) -> tuple[Object, ...]:
    # The C parser: the file has 20,000 lines, most of them schemas.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return tuple(yaml.load_all(file.read_text(), Loader=loader))


def objects(minor: str, say: Callable[[str], None] = lambda _: None) -> list[Object]:
    """The objects of the release with the image that is made here. Raises as `published` does."""
    found = published(minor, say)
    for each in found:
        if each["kind"] == "Deployment":
            fit(each, cloudnativepg.IMAGES[minor].reference)
    return found


def fit(deployment: Object, image: str) -> None:
    """Have the operator's `deployment` start from `image`, and its instances too, on a node without a registry."""
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    container["image"] = image
    container["imagePullPolicy"] = "IfNotPresent"  # no registry has it
    container["resources"]["limits"]["cpu"] = CPU_LIMIT
    # The instances' first container copies the operator's program out of the image of this name.
    next(one for one in container["env"] if one["name"] == "OPERATOR_IMAGE_NAME")["value"] = image
