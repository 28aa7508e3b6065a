"""Every gate over a set of artifacts, remembering what an unchanged template was told before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from factory.gates import demands, exceptions, launch_roles, quotas, wiring
from factory.gates.demands import Demand
from factory.gates.finding import Finding, Severity, to_json
from factory.gates.lint import HOUSE_RULES, lint
from factory.synthesis.artifact import Artifact
from factory.synthesis.launch_roles import launch_role


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Findings of earlier runs, kept in a directory; what an entry depends on is in its name."""

    directory: Path

    def recall(self, key: str) -> list[Finding] | None:
        """The findings under a key, or None where there are none or they can't be read."""
        try:
            stored = json.loads((self.directory / f"{key}.json").read_text())
            # Exceptions end with time: they are applied to what is remembered, and never remembered themselves.
            return [_finding(item) for item in stored]
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def keep(self, key: str, findings: Iterable[Finding]) -> None:
        """Write findings under a key, whole or not at all."""
        self.directory.mkdir(parents=True, exist_ok=True)
        # Under a name of its own, since another command may be keeping the same at this moment.
        with NamedTemporaryFile("w", dir=self.directory, suffix=".tmp", delete=False) as scratch:
            scratch.write(json.dumps(to_json(findings)))
        Path(scratch.name).replace(self.directory / f"{key}.json")


def _finding(stored: dict[str, Any]) -> Finding:
    fields = {name: value for name, value in stored.items() if name != "exception"}
    return Finding(**{**fields, "severity": Severity(stored["severity"])})


def inspect(
    artifacts: Iterable[Artifact],
    *,
    catalog: Iterable[Artifact],
    regions: Sequence[str],
    today: date,
    asked: Sequence[Demand] = (),
    memory: Memory | None = None,
) -> list[Finding]:
    """The findings of every gate on `artifacts`; `catalog` holds the products that may provide what they require.

    `asked` is what portfolios ask for beyond what every product must keep. Findings that an exception covers today are
    among them.
    """
    chosen = list(artifacts)
    names = {artifact.product for artifact in chosen}
    findings = [finding for finding in wiring.check(catalog) if finding.product in names]
    for artifact in chosen:
        findings += quotas.check(artifact)
        findings += launch_roles.check(launch_role(artifact.product, [artifact.template]))
        found = [*_linted(artifact, regions, memory), *demands.check(artifact, asked)]
        findings += exceptions.apply(artifact, found, today)
    return sorted(findings)


def _linted(artifact: Artifact, regions: Sequence[str], memory: Memory | None) -> list[Finding]:
    if memory is None:
        return lint(artifact, regions)
    # What the rules stand on is beside their directory.
    rules = b"".join(path.read_bytes() for path in sorted(HOUSE_RULES.parent.rglob("*.py")))
    parts = [
        artifact.product,
        artifact.digest,
        version("cfn-lint"),
        hashlib.sha256(rules).hexdigest(),
        *sorted(regions),
    ]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    findings = memory.recall(key)
    if findings is None:
        findings = lint(artifact, regions)
        memory.keep(key, findings)
    return findings
