"""Asks a sandbox that runs what it holds, and tells it how to be; imports neither the emulator nor boto3."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from factory.errors import SandboxError
from factory.sandbox import process
from factory.sandbox.faults.settings import Settings
from factory.sandbox.state import Sandbox

_ANSWER_SECONDS = 10.0


def reset(directory: Path) -> None:
    """Let the sandbox of a project directory forget everything. Raises SandboxError if none runs."""
    _ask(_running(directory), "POST", "/_factory/reset")


def faults(directory: Path) -> dict[str, Any]:
    """Give the faults in force, and how often each was asked for and fired. Raises SandboxError if none runs."""
    return _ask(_running(directory), "GET", "/_factory/faults")


def change_faults(directory: Path, settings: Settings) -> None:
    """Put other faults in force, with counters at zero. Raises SandboxError if none runs."""
    _ask(_running(directory), "PUT", "/_factory/faults", json.dumps(settings.document()).encode())


def enforce_permissions(directory: Path, *, enforced: bool) -> None:
    """Hold calls of role sessions against IAM policies, or no longer. Raises SandboxError if none runs."""
    _ask(_running(directory), "PUT" if enforced else "DELETE", "/_factory/permissions")


def permissions(directory: Path) -> dict[str, Any]:
    """Tell whether calls are held against IAM policies, and what was asked of them since. Raises SandboxError."""
    return _ask(_running(directory), "GET", "/_factory/permissions")


def organization(sandbox: Sandbox) -> dict[str, Any] | None:
    """Tell the organization's `id`, `management-account`, `root` and `units`, each with its id, path and accounts.

    There is none any more once somebody has deleted it.
    """
    return _ask(sandbox, "GET", "/_factory/organization") or None


def types(sandbox: Sandbox) -> dict[str, Any]:
    """Tell for each resource type its `fidelity`, and the settings that do not reach its service (`dropped`)."""
    return _ask(sandbox, "GET", "/_factory/types")


def fidelities(sandbox: Sandbox, *, account: str, region: str, stack: str) -> dict[str, int]:
    """Count the resources of a stack by how much of them the sandbox makes: `real`, `partial` or `recorded`."""
    return _ask(sandbox, "GET", f"/_factory/fidelity/{account}/{region}/{quote(stack, safe='')}")


def _running(directory: Path) -> Sandbox:
    sandbox = process.find(directory)
    if sandbox is None:
        raise SandboxError("sandbox: none is running", hint="factory sandbox start")
    return sandbox


def _ask(sandbox: Sandbox, method: str, path: str, content: bytes | None = None) -> dict[str, Any]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.endpoint).netloc, timeout=_ANSWER_SECONDS)
    try:
        connection.request(method, path, content)
        response = connection.getresponse()
        status, body = response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        raise SandboxError(f"sandbox: {sandbox.endpoint} did not answer {method} {path}: {error}") from error
    finally:
        connection.close()
    if status != http.HTTPStatus.OK:
        raise SandboxError(f"sandbox: {sandbox.endpoint} refused {method} {path}: HTTP status {status}")
    answer: dict[str, Any] = json.loads(body)
    return answer
