"""The provider's configuration: what the program gives it, else what the environment says."""

import os
from dataclasses import dataclass
from typing import Any

_PREFIX = "kubernetes:config:"


@dataclass(frozen=True)
class Settings:
    """The options that this stand-in knows; others are accepted and have no effect."""

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str | None = None
    namespace: str | None = None
    mutable_config_maps: bool = False
    mutable_secrets: bool = False
    patch_force: bool = False
    delete_unreachable: bool = False
    upsert: bool = False
    suppress_deprecations: bool = False
    server_side_apply: bool = True

    @classmethod
    def read(cls, given: dict[str, Any]) -> "Settings":
        """From the engine's variables (`kubernetes:config:NAME`, texts) or a provider's inputs (`NAME`, any type).

        Names and environment variables are those of the official provider (pulumi_kubernetes.Provider).
        """
        values = {name.removeprefix(_PREFIX): value for name, value in given.items()}

        def text(name: str) -> str | None:
            return str(values[name]) if values.get(name) not in (None, "") else None

        def flag(name: str, variable: str, *, default: bool = False) -> bool:
            said = values.get(name)
            if said in (None, ""):
                said = os.environ.get(variable, "")
            return default if said == "" else str(said).lower() in ("true", "1")

        return cls(
            kubeconfig=text("kubeconfig"),
            context=text("context"),
            cluster=text("cluster"),
            namespace=text("namespace"),
            mutable_config_maps=flag("enableConfigMapMutable", "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE"),
            mutable_secrets=flag("enableSecretMutable", "PULUMI_K8S_ENABLE_SECRET_MUTABLE"),
            patch_force=flag("enablePatchForce", "PULUMI_K8S_ENABLE_PATCH_FORCE"),
            delete_unreachable=flag("deleteUnreachable", "PULUMI_K8S_DELETE_UNREACHABLE"),
            upsert=flag("upsertExistingObjects", "PULUMI_K8S_UPSERT_EXISTING_OBJECTS"),
            suppress_deprecations=flag("suppressDeprecationWarnings", "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS"),
            server_side_apply=flag("enableServerSideApply", "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY", default=True),
        )
