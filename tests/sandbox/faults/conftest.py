"""A sandbox of its own, whose faults every test sets as it needs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from factory.sandbox import control, process
from factory.sandbox.faults.reading import read_data
from factory.sandbox.state import Sandbox

HUB = "111111111111"
DEV = "222222222222"
Client = Callable[..., Any]


class Hurting:
    """Sets the faults of a sandbox over HTTP and reads what they did."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def set(self, *faults: dict[str, Any], seed: int = 0, resources: tuple[dict[str, Any], ...] = ()) -> None:
        """Put these in force."""
        document = {"seed": seed, "faults": list(faults), "resources": list(resources)}
        control.change_faults(self._directory, read_data(document))

    def fired(self) -> list[int]:
        """How often each of the faults fired, those of resources last."""
        document = control.faults(self._directory)
        return [item["fired"] for item in [*document["faults"], *document["resources"]]]

    def missed_reads(self) -> int:
        """How many reads missed something."""
        return int(control.faults(self._directory)["missed-reads"])


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The project whose sandbox runs."""
    found = tmp_path_factory.mktemp("faults")
    yield found
    process.stop(found)


@pytest.fixture(scope="module")
def hurt_sandbox(directory: Path) -> Sandbox:
    """A sandbox that runs."""
    return process.start(directory, {"hub": HUB, "dev": DEV}, ("us-east-1",))


@pytest.fixture
def faults(directory: Path, hurt_sandbox: Sandbox) -> Iterator[Hurting]:  # noqa: ARG001 - it must run
    """The faults, none to begin with and none afterwards."""
    hurting = Hurting(directory)
    hurting.set()
    yield hurting
    hurting.set()


@pytest.fixture
def client(hurt_sandbox: Sandbox) -> Client:
    """Gives a boto3 client; it makes a call once unless told otherwise."""

    def make(
        service: str, *, attempts: int = 1, mode: str = "standard", account: str = HUB, timeout_seconds: int = 60
    ) -> Any:
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=hurt_sandbox.endpoint,
            region_name="us-east-1",
            aws_access_key_id=account,
            aws_secret_access_key=account,
            config=Config(retries={"mode": mode, "total_max_attempts": attempts}, read_timeout=timeout_seconds),
        )

    return make
