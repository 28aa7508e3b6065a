"""What of the sandbox has state: saved when it stops, restored when it starts, waited for in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from factory.errors import SandboxError
from factory.sandbox.keeping import StateDirectory, moved
from factory.sandbox.serialization import UnreadableError
from factory.sandbox.state import Sandbox

_LOOK_SECONDS = 0.05


class Part(Protocol):
    """A part of the sandbox with a state of its own. What it saves are data that JSON can hold."""

    def busy(self) -> bool:
        """Tell whether something is under way that would end by itself."""

    def save(self, left_out: Callable[[str], None]) -> Any:
        """Give the state, with what is under way as failed; `left_out` is told what cannot be kept.

        It is called when nothing is served any more, and nothing is asked of the part afterwards.
        """

    def restore(self, saved: Any) -> None:
        """Take back what `save` gave, before anything is served. Raises UnreadableError."""


async def settle(parts: Mapping[str, Part], seconds: float) -> None:
    """Wait until nothing is under way any more, at most so long."""
    deadline = time.monotonic() + seconds
    while any(part.busy() for part in parts.values()) and time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_SECONDS)


def save(parts: Mapping[str, Part], sandbox: Sandbox, directory: StateDirectory) -> None:
    """Save every part. Raises SandboxError, and leaves the earlier state, where the directory can't take it."""
    left_out: list[str] = []

    def naming(name: str) -> Callable[[str], None]:
        return lambda place: left_out.append(f"{name}: {place}")

    saved = {name: part.save(naming(name)) for name, part in parts.items()}
    try:
        directory.save(
            saved,
            accounts=sandbox.accounts,
            regions=sandbox.regions,
            organization=sandbox.organization,
            port=port_of(sandbox.endpoint),
            saved=datetime.now(UTC).isoformat(timespec="seconds"),
            left_out=left_out,
        )
    except OSError as error:
        raise SandboxError(f"state {directory.path}: it could not be saved: {error.strerror}") from error


def restore(parts: Mapping[str, Part], directory: StateDirectory, port: int) -> str | None:
    """Restore every part for a sandbox that listens on `port`, and tell when the state was saved, None without one.

    Raises SandboxError for a state that cannot be read.
    """
    loaded = directory.load()
    if loaded is None:
        return None
    header, saved = loaded
    saved = moved(saved, port=header.port, to=port)
    try:
        # A part that this state does not know begins empty.
        for name, content in saved.items():
            parts[name].restore(content)
    except (UnreadableError, KeyError) as error:
        raise SandboxError(
            f"state {directory.file}: it cannot be read: {error}",
            hint="name a new directory; this one stays as it is",
        ) from error
    return header.saved


def port_of(endpoint: str) -> int:
    """Give the port of a sandbox's address."""
    return int(endpoint.rpartition(":")[2])
