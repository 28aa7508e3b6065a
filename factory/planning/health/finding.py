"""What a check says about an account or about what is published from the hub."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

HUB = "hub"
"""The owner of what is nobody's environment."""


class Severity(StrEnum):
    """How much a finding weighs. A note says what one should know; it leaves an account clean."""

    ERROR = "error"
    """Somebody can't publish, launch or update, or somebody can who must not."""
    WARNING = "warning"
    """It works, and will not for long, or not as the manifests say."""
    NOTE = "note"


ORDER = tuple(Severity)
"""From the gravest on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong, as a check finds it."""

    owner: str
    """The hub or the environment that it is about."""
    subject: str
    """What it is about there, such as `role factory-launch-network`."""
    message: str
    mend: str
    """The command that mends it."""
    region: str = ""
    """Empty where it is about all regions."""
    at: str = ""
    """In whose account a command of the AWS CLI is to be typed, if it is not the owner's."""
    severity: Severity | None = None
    """Where it is another one than its check's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem, and which check found it."""

    owner: str
    check: str
    severity: Severity
    subject: str
    message: str
    meaning: str
    """What comes of it."""
    mend: str
    region: str = ""
    at: str = ""


def unhealthy(findings: Iterable[Finding]) -> list[Finding]:
    """Those that are more than notes."""
    return [finding for finding in findings if finding.severity is not Severity.NOTE]
