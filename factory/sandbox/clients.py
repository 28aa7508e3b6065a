"""boto3 clients at the sandbox's own endpoint, each acting as the root of one account."""

from __future__ import annotations

import threading
from typing import Any

import boto3
from botocore.config import Config

OWN_CALL = "factory-sandbox-own-call"
"""Stands in the user agent of what the sandbox calls itself."""


class Clients:
    """Makes clients and keeps them: making one reads a service model, and one serves any number of threads.

    A call is made once; a slow answer is waited for, since the sandbox itself may be busy. `user_agent` is added to
    that of boto3.
    """

    def __init__(self, endpoint: str, *, user_agent: str = "") -> None:
        self._endpoint = endpoint
        self._user_agent = user_agent
        self._session = boto3.Session()
        self._made: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str, *, account: str, region: str) -> Any:
        """Give the client of a service (its boto3 name) in a region, for an account (its id) or an access key."""
        with self._lock:
            key = (service, account, region)
            if key not in self._made:
                self._made[key] = self._session.client(  # type: ignore[call-overload]
                    service,
                    region_name=region,
                    endpoint_url=self._endpoint,
                    aws_access_key_id=account,
                    aws_secret_access_key=account,
                    config=Config(
                        retries={"total_max_attempts": 1},
                        read_timeout=120,
                        max_pool_connections=32,
                        user_agent_extra=self._user_agent,
                    ),
                )
            return self._made[key]
