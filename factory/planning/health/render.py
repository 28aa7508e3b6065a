"""From findings to lines for people and to a document for machines; neither knows a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from factory.catalog.model import AccountId
from factory.planning.health.check import known
from factory.planning.health.facts import Facts
from factory.planning.health.finding import HUB, Finding, Severity, unhealthy
from factory.planning.render import numbered


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text without its line break; a heading where it has no severity."""

    text: str
    severity: Severity | None = None
    clean: bool = False


Typed = Callable[[str], str]
"""Gives a text with commands as they have to be typed."""


def to_lines(facts: Facts, findings: Sequence[Finding], calls: Mapping[AccountId, int], typed: Typed) -> Iterator[Line]:
    """The findings by environment, each with what mends it; an account without any says what was looked at."""
    for owner, account in owners(facts):
        own = [finding for finding in findings if finding.owner == owner]
        heading = f"{owner}  account {account}"
        looked = f"{len(known())} checks, {numbered(calls.get(account, 0), 'call')}"
        if unhealthy(own):
            counts = [numbered(sum(item.severity is kind for item in own), kind.value) for kind in Severity]
            yield Line(text=f"{heading}  {', '.join(text for text in counts if not text.startswith('0 '))}; {looked}")
        else:
            yield Line(text=f"{heading}  clean: {looked}", clean=True)
        for finding in own:
            where = f" ({finding.region})" if finding.region else ""
            text = f"  {finding.severity.value:<7}  {finding.subject}{where}: {typed(finding.message)}"
            yield Line(text=f"{text}  [{finding.check}]", severity=finding.severity)
            yield Line(text=f"           {mend(finding, typed)}", severity=finding.severity)


def mend(finding: Finding, typed: Typed) -> str:
    """The command that mends a finding, and for one of the AWS CLI in whose account."""
    where = f" in {finding.at}" if finding.mend.startswith("aws ") else ""
    return f"mend{where}: {typed(finding.mend)}"


def to_json(facts: Facts, findings: Sequence[Finding], calls: Mapping[AccountId, int], typed: Typed) -> dict[str, Any]:
    """The same for machines: `healthy`, `checks`, `calls`, and `accounts` with their findings."""
    return {
        "healthy": not unhealthy(findings),
        "checks": [check.name for check in known()],
        "calls": sum(calls.values()),
        "accounts": [
            {
                "name": owner,
                "account": account,
                "calls": calls.get(account, 0),
                "findings": [_plain(finding, typed) for finding in findings if finding.owner == owner],
            }
            for owner, account in owners(facts)
        ],
    }


def owners(facts: Facts) -> Iterator[tuple[str, AccountId]]:
    """The hub and each environment, with their accounts."""
    yield HUB, facts.manifest.hub.account
    for environment in facts.environments:
        yield environment.name, environment.account


def _plain(finding: Finding, typed: Typed) -> dict[str, Any]:
    body = asdict(finding)
    del body["owner"]
    words = {"message": typed(finding.message), "mend": typed(finding.mend)}
    return {**body, **words, "severity": finding.severity.value}
