"""Whether accounts and catalog are as the factory needs them: checks over facts that were read before.

A check is a module of `checks`; none of them asks AWS anything.
"""

from __future__ import annotations

import importlib
import pkgutil

from factory.planning.health import checks
from factory.planning.health.check import Check, known
from factory.planning.health.facts import Facts
from factory.planning.health.finding import HUB, ORDER, Finding, Severity, unhealthy

for _module in pkgutil.iter_modules(checks.__path__):
    importlib.import_module(f"{checks.__name__}.{_module.name}")

__all__ = ["HUB", "Check", "Facts", "Finding", "Severity", "examine", "known", "unhealthy"]


def examine(facts: Facts) -> tuple[Finding, ...]:
    """What all checks find, the gravest first."""
    found = [finding for check in known() for finding in check.findings(facts)]
    return tuple(sorted(found, key=lambda finding: (ORDER.index(finding.severity), finding.check, finding.subject)))
