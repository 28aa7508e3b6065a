"""The emulator as the catalog sees it: one HTTP endpoint and boto3 clients for any account."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from typing import Any, cast

import boto3.session
from botocore.config import Config
from botocore.exceptions import ClientError

from factory.sandbox.clients import OWN_CALL

# Making a client takes longer than using it, and a launch looks at its stack again and again.
_KEPT_CLIENTS = 64

# The emulator separates accounts by access key and does not check signatures, so any secret will do.
_SECRET = "sandbox"  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Whose name a call is made in."""

    access_key: str
    secret_key: str = _SECRET
    session_token: str | None = None


def account_credentials(account: str) -> Credentials:
    """The credentials of an account's administrator: its id is its access key."""
    return Credentials(access_key=account)


def error_code(error: ClientError) -> str:
    """The AWS error code of a refused call."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_message(error: ClientError) -> str:
    """What the refused call was answered."""
    return str(error.response.get("Error", {}).get("Message", ""))


class Endpoint:
    """The endpoint at `url`, such as `http://127.0.0.1:4566`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = boto3.session.Session()
        # Making a client is not thread-safe, using one is.
        self._making = threading.Lock()
        self._kept = functools.lru_cache(_KEPT_CLIENTS)(self._make)
        self._config = Config(
            connect_timeout=5,
            read_timeout=60,
            retries={"mode": "standard", "total_max_attempts": 2},
            s3={"addressing_style": "path"},
            user_agent_extra=OWN_CALL,
        )

    def client(self, service: str, credentials: Credentials, region: str) -> Any:
        """A boto3 client of the service in the name of the credentials."""
        return self._kept(service, credentials, region)

    def _make(self, service: str, credentials: Credentials, region: str) -> Any:
        with self._making:
            # The stubs know services only by literal name.
            return cast(Any, self._session).client(
                service,
                endpoint_url=self.url,
                region_name=region,
                aws_access_key_id=credentials.access_key,
                aws_secret_access_key=credentials.secret_key,
                aws_session_token=credentials.session_token,
                config=self._config,
            )
