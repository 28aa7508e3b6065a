"""House rule, where a portfolio asks for it: logs are kept for a year."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource

_DAYS = 365


class LogsForAYear(house.HouseRule):
    """Every log group keeps what is written for at least 365 days, in every environment."""

    id = "E9490"
    shortdesc = "Logs are kept for a year"
    description = "An intrusion is often found only after months; what was logged then must still be there."
    source_url = "https://docs.aws.amazon.com/config/latest/developerguide/operational-best-practices-for-pci-dss.html"
    mend = "Let RetentionInDays be 365 at least."
    controls = ("pci-dss/10.5.1", "nist-800-53/AU-11")
    asked_by = frozenset({"pci-dss", "nist-800-53"})
    types = frozenset({"AWS::Logs::LogGroup"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the retention; a group without one keeps its logs for ever."""
        days = resource.get("RetentionInDays")
        if days is not None and not (str(days).isdigit() and int(days) >= _DAYS):
            yield house.Problem(message=f"logs are kept for less than {_DAYS} days", at="RetentionInDays")
