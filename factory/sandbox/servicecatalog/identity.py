"""An access key into the account and principal behind it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import ClientError

from factory.sandbox.servicecatalog.endpoint import Credentials, Endpoint

# An access key's account id and ARN; raises LookupError for a key that nobody holds.
ResolveIdentity = Callable[[str], tuple[str, str]]

_ACCOUNT = re.compile(r"\d{12}")
_ASSUMED_ROLE = re.compile(r"arn:aws:sts::(?P<account>\d{12}):assumed-role/(?P<name>[^/]+)/.+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, from which account and in which region. An administrator sees its account's whole catalog."""

    account: str
    region: str
    arn: str
    administrator: bool
    credentials: Credentials

    @property
    def principal(self) -> str:
        """The ARN without the session: a role's, if a role was assumed. Its path is not known then."""
        role = _ASSUMED_ROLE.fullmatch(self.arn)
        return f"arn:aws:iam::{role['account']}:role/{role['name']}" if role else self.arn

    @property
    def assumed(self) -> bool:
        """Whether the caller is a role session."""
        return _ASSUMED_ROLE.fullmatch(self.arn) is not None


def caller(access_key: str, region: str, session_token: str | None, resolve_identity: ResolveIdentity) -> Caller:
    """The caller behind an access key. A 12-digit key is that account's administrator.

    Raises LookupError for a key that nobody holds.
    """
    credentials = Credentials(access_key=access_key, session_token=session_token)
    if _ACCOUNT.fullmatch(access_key):
        return Caller(
            account=access_key,
            region=region,
            arn=f"arn:aws:iam::{access_key}:root",
            administrator=True,
            credentials=credentials,
        )
    account, arn = resolve_identity(access_key)
    return Caller(
        account=account,
        region=region,
        arn=arn,
        administrator=arn.endswith(":root"),
        credentials=credentials,
    )


def identity_by_sts(endpoint: Endpoint) -> ResolveIdentity:
    """Ask the emulator's STS; it takes a key it does not know for an account's root, and so is told apart."""

    def resolve(access_key: str) -> tuple[str, str]:
        sts = endpoint.client("sts", Credentials(access_key=access_key), "us-east-1")
        try:
            identity = sts.get_caller_identity()
        except ClientError as error:
            raise LookupError(access_key) from error
        if identity["Arn"].endswith(":root"):
            raise LookupError(access_key)
        return identity["Account"], identity["Arn"]

    return resolve
