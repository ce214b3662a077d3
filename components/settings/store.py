"""An object store that speaks S3: where it is, and how one is let in."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from components.settings.network import AllowTo
from components.settings.section import Section, rule
from components.settings.source import SecretSource
from components.settings.words import LabelKey

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*")
_ENDPOINT = re.compile(r"(https?)://([A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(:\d{1,5})?")
_HTTPS, _HTTP = 443, 80


def _bucket(text: str) -> str:
    if not _BUCKET.fullmatch(text):
        raise ValueError("allowed: 3 to 63 lower-case letters, digits, hyphens and dots, without s3:// before them")
    return text


def _prefix(text: str) -> str:
    if text and not _PREFIX.fullmatch(text):
        raise ValueError("allowed: a path in the bucket without slashes at its ends, or nothing")
    return text


def _endpoint(text: str) -> str:
    if "@" in text:
        raise ValueError("allowed: an address alone; found one with a user before it (not repeated here)")
    if "://" not in text:
        raise ValueError(
            f"allowed: `https://{text}`, or `http://{text}` where whoever is on the way may read the backups; "
            f"found {text}"
        )
    if not _ENDPOINT.fullmatch(text):
        raise ValueError("allowed: https:// or http://, a host and its port, nothing behind it; the bucket has its key")
    return text


def _authority(text: str) -> str:
    if "PRIVATE KEY" in text:
        raise ValueError("allowed: certificates alone; found a private key (not repeated here)")
    if not re.fullmatch(r"\s*(-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+", text):
        raise ValueError("allowed: certificates in PEM, from -----BEGIN CERTIFICATE----- on; found something else")
    return text


class Credentials(Section):
    """The two halves of an access key, as the store gave them."""

    access_key_id: SecretSource
    secret_access_key: SecretSource

    @rule
    def _given(self) -> None:
        kinds = {
            name for half in (self.access_key_id, self.secret_access_key) for name in half.model_dump(exclude_none=True)
        }
        if "generate" in kinds:
            raise ValueError("allowed: sources of what the store gave out; found `generate`, which no store would know")
        if len(kinds) > 1:
            raise ValueError(f"allowed: one kind of source for both halves; found {' and '.join(sorted(kinds))}")


class S3(Section):
    """A place in a bucket. `allow_to`: the NetworkPolicy towards it, which knows no names.

    `inherit_from_iam_role`: the pods' own identity lets them in; `service_account_annotations` are what gives them one,
    such as `eks.amazonaws.com/role-arn`. `authority`: the certificate that signed the endpoint's, in PEM.
    """

    bucket: Annotated[str, AfterValidator(_bucket)]
    path: Annotated[str, AfterValidator(_prefix)] = ""
    endpoint: Annotated[str, AfterValidator(_endpoint)] | None = None
    authority: Annotated[str, AfterValidator(_authority)] | None = None
    region: Annotated[str, Field(pattern=r"^[a-z0-9][-a-z0-9]*$")] | None = None
    credentials: Credentials | None = None
    inherit_from_iam_role: bool = Field(default=False, alias="inheritFromIAMRole")
    service_account_annotations: dict[LabelKey, str] = {}
    allow_to: list[AllowTo] = Field(min_length=1)

    @rule
    def _one_way_in(self) -> None:
        if (self.credentials is None) is not self.inherit_from_iam_role:
            raise ValueError("allowed: exactly one of `credentials` and `inheritFromIAMRole: true`")
        if self.inherit_from_iam_role and self.region:
            raise ValueError(
                "allowed: `region` with `credentials`; with a role the plugin does not hand it on, and what gives the "
                "pods their role gives them AWS_REGION too"
            )
        if self.service_account_annotations and not self.inherit_from_iam_role:
            raise ValueError("allowed: `serviceAccountAnnotations` with `inheritFromIAMRole: true`, which reads them")

    @rule
    def _let_through(self) -> None:
        if self.authority and not (self.endpoint or "").startswith("https://"):
            raise ValueError("allowed: `authority` with an https:// endpoint of your own")
        # Of pods the policy wants the container's port, and the endpoint names the Service's.
        outside = all(peer.cidr for peer in self.allow_to)
        if outside and not any(self.port in peer.ports for peer in self.allow_to):
            found = ", ".join(str(port) for peer in self.allow_to for port in peer.ports)
            raise ValueError(f"allowed: the store's port {self.port} among the ports of `allowTo`; found {found}")

    @property
    def port(self) -> int:
        """The port of the endpoint; AWS's own where there is none."""
        address = self.endpoint or "https://"
        given = re.search(r":(\d+)$", address)
        return int(given[1]) if given else _HTTPS if address.startswith("https://") else _HTTP

    @property
    def destination(self) -> str:
        """`s3://bucket/path`, below which each server has a folder of its own."""
        return f"s3://{self.bucket}/{self.path}".rstrip("/")

    def is_same_place(self, other: "S3") -> bool:
        """Whether what is written to one is found in the other."""
        return (self.endpoint, self.destination) == (other.endpoint, other.destination)
