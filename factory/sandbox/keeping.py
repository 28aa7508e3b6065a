"""The directory in which a sandbox keeps its state from one start to the next: one file, replaced in one step."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from factory.errors import SandboxError
from factory.sandbox.organization import OrganizationTree, read

_FILE = "state.json"
_FORMAT = "product-factory sandbox state"
# To be raised when what the sandbox keeps changes so that an older one cannot be read.
_VERSION = 1
_AS_IT_WAS = "put portfolios/environments.yaml back as it was, or name a new directory"
_ANOTHER = "factory sandbox start --state DIR with a new directory; this one stays as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands before the state: who can read it, whose accounts it holds, and when it was saved.

    `organization` is as it was founded, `port` where the sandbox listened, `saved` an ISO 8601 time, `left_out` what
    could not be kept, and `digest` the SHA-256 of everything after the header.
    """

    format: str
    version: int
    emulator: str
    accounts: Mapping[str, str]
    regions: tuple[str, ...]
    organization: OrganizationTree
    port: int
    saved: str
    left_out: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDirectory:
    """A directory that holds the state of one sandbox, or is empty before the first is saved."""

    path: Path

    @property
    def file(self) -> Path:
        """Where the state is."""
        return self.path / _FILE

    def header(self) -> Header | None:
        """Look at what was saved, None if nothing was yet.

        Raises SandboxError for what is no state directory, or holds a state that cannot be restored.
        """
        found = self._open()
        return found[0] if found else None

    def load(self) -> tuple[Header, dict[str, Any]] | None:
        """Read what was saved, None if nothing was yet. Raises SandboxError as `header` does."""
        found = self._open()
        return (found[0], json.loads(found[1])) if found else None

    def check(
        self, accounts: Mapping[str, str], regions: Sequence[str], organization: OrganizationTree
    ) -> Header | None:
        """Look at what was saved, as `header` does, and raise SandboxError if it was founded with other ones."""
        found = self.header()
        if found and (found.accounts, found.regions) != (dict(accounts), tuple(regions)):
            theirs = ", ".join(f"{name} {account}" for name, account in found.accounts.items())
            raise SandboxError(
                f"state {self.path}: it was saved with other accounts or regions: {theirs}; {', '.join(found.regions)}",
                hint=_AS_IT_WAS,
            )
        if found and found.organization != organization:
            theirs = f"{found.organization.id}, managed by {found.organization.management_account}"
            raise SandboxError(
                f"state {self.path}: it was saved with another organization, or other units in it: {theirs}",
                hint=_AS_IT_WAS,
            )
        return found

    def hold(self) -> int:
        """Make the directory where it is missing, and keep every other sandbox out as long as the descriptor is open.

        Raises SandboxError where that can't be.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_RDONLY)
        except OSError as error:
            raise SandboxError(f"state {self.path}: {error.strerror}", hint="name another directory") from error
        try:
            if not os.access(self.path, os.W_OK | os.X_OK):
                raise SandboxError(f"state {self.path}: it is not writable", hint="name another directory")
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise SandboxError(
                f"state {self.path}: another sandbox uses it", hint="stop that one first, or name another directory"
            ) from None
        except SandboxError:
            os.close(handle)
            raise
        return handle

    def save(
        self,
        parts: Mapping[str, Any],
        *,
        accounts: Mapping[str, str],
        regions: Sequence[str],
        organization: OrganizationTree,
        port: int,
        saved: str,
        left_out: Sequence[str],
    ) -> None:
        """Put a state in the place of the earlier one, which is there until the new one is whole on the disk."""
        body = json.dumps(parts, separators=(",", ":")).encode()
        header = Header(
            format=_FORMAT,
            version=_VERSION,
            emulator=_emulator(),
            accounts=dict(accounts),
            regions=tuple(regions),
            organization=organization,
            port=port,
            saved=saved,
            left_out=tuple(left_out),
            digest=hashlib.sha256(body).hexdigest(),
        )
        # Somebody may have removed it meanwhile.
        self.path.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(".part")
        # Secrets and keys are in it.
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(json.dumps(asdict(header)).encode() + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.file)
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def discard(self) -> None:
        """Forget what was saved."""
        self.file.unlink(missing_ok=True)

    def _open(self) -> tuple[Header, bytes] | None:
        if not self.path.exists():
            return None
        if not self.path.is_dir():
            raise SandboxError(f"state {self.path}: it is not a directory", hint="name a new directory")
        try:
            first, _, body = self.file.read_bytes().partition(b"\n")
        except FileNotFoundError:
            # A draft is what a killed first save leaves.
            others = sorted({entry.name for entry in self.path.iterdir()} - {self.file.with_suffix(".part").name})
            if others:
                raise SandboxError(
                    f"state {self.path}: it is no state directory: it has {others[0]}, but no {_FILE}",
                    hint="name a new or an empty directory",
                ) from None
            return None
        except OSError as error:
            raise SandboxError(f"state {self.file}: {error.strerror}", hint="name another directory") from error
        header = self._read(first)
        if hashlib.sha256(body).hexdigest() != header.digest:
            raise SandboxError(f"state {self.file}: it is damaged: its checksum does not fit", hint=_ANOTHER)
        return header, body

    def _read(self, line: bytes) -> Header:
        found: Any = None
        with contextlib.suppress(ValueError):
            found = json.loads(line)
        if not isinstance(found, dict) or found.get("format") != _FORMAT:
            raise SandboxError(f"state {self.file}: it is not the state of a sandbox, or it is damaged", hint=_ANOTHER)
        if (found.get("version"), found.get("emulator")) != (_VERSION, _emulator()):
            raise SandboxError(
                f"state {self.file}: it was saved by another version: format {found.get('version')}, "
                f"{found.get('emulator')}; this one reads format {_VERSION}, {_emulator()}",
                hint=_ANOTHER,
            )
        try:
            listed = {name: tuple(found[name]) for name in ("regions", "left_out")}
            return Header(**{**found, **listed, "organization": read(found["organization"])})
        except (KeyError, TypeError, ValueError) as error:
            raise SandboxError(f"state {self.file}: it is damaged: {error}", hint=_ANOTHER) from error


def moved(parts: Any, *, port: int, to: int) -> Any:
    """Give parts in which the sandbox's addresses, such as those of queues, name another port."""
    if port == to:
        return parts
    address = re.compile(rf"(localhost|127\.0\.0\.1):{port}(?!\d)")
    return json.loads(address.sub(rf"\g<1>:{to}", json.dumps(parts)))


def _emulator() -> str:
    return f"ministack {version('ministack')}"
