"""One sandbox for all tests of this folder; every test that asks for `account` has an empty account of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from factory.sandbox import process
from factory.sandbox.clients import Clients
from factory.sandbox.state import Sandbox

ACCOUNTS = {"hub": "111111111111", "dev": "222222222222", "prod": "333333333333"}
REGIONS = ("us-east-1", "eu-west-1")


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that runs."""
    directory: Path = tmp_path_factory.mktemp("project")
    yield process.start(directory, ACCOUNTS, REGIONS)
    process.stop(directory)


@pytest.fixture(scope="session")
def clients(sandbox: Sandbox) -> Clients:
    """boto3 clients at the sandbox."""
    return Clients(sandbox.endpoint)


@pytest.fixture(scope="session")
def _unused_accounts() -> Iterator[str]:
    return (str(number) for number in itertools.count(600000000000))


@pytest.fixture
def account(_unused_accounts: Iterator[str]) -> str:
    """The id of an account in which nothing is yet."""
    return next(_unused_accounts)


@pytest.fixture
def aws(clients: Clients, account: str) -> Callable[[str], Any]:
    """Gives the boto3 client of a service for the test's account."""
    return lambda service: clients.get(service, account=account, region=REGIONS[0])
