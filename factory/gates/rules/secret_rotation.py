"""House rule: secrets rotate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.gates import house
from factory.gates.resources import Resource
from factory.gates.unknowns import is_known

_MOST_DAYS = 90


class SecretRotation(house.HouseRule):
    """Every secret is rotated within 90 days."""

    id = "E9607"
    shortdesc = "Secret rotation"
    description = "A secret that leaked, or was known to somebody who left, works until it is changed."
    source_url = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html"
    mend = (
        "Let RDS manage the password (ManageMasterUserPassword), which it rotates, or add a RotationSchedule with "
        "AutomaticallyAfterDays of 90 at most."
    )
    controls = (
        "nist-800-53/AC-2(1)",
        "nist-800-53/IA-5(1)",
        "soc2/CC6.1",
        "pci-dss/8.3.9",
        "pci-dss/8.6.3",
    )
    types = frozenset({"AWS::SecretsManager::Secret"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look for a schedule that is there wherever the secret is."""
        for schedule in resource.world.resources("AWS::SecretsManager::RotationSchedule"):
            if resource.is_meant_by(schedule.get("SecretId")):
                if not _is_short(schedule):
                    yield house.Problem(message=f"{schedule.name} rotates the secret less than every {_MOST_DAYS} days")
                return
        yield house.Problem(message="nothing rotates the secret")


def _is_short(schedule: Resource) -> bool:
    days: Any = schedule.get("RotationRules.AutomaticallyAfterDays")
    if days is not None:
        return is_known(days) and str(days).isdigit() and int(days) <= _MOST_DAYS
    expression = schedule.get("RotationRules.ScheduleExpression")
    if not isinstance(expression, str) or not is_known(expression):
        return False
    rate, _, unit = expression.removeprefix("rate(").removesuffix(")").partition(" ")
    if rate.isdigit():
        return unit.startswith("hour") or int(rate) <= _MOST_DAYS
    # A year has one day of one month: whatever else a cron expression names comes back sooner.
    fields = expression.removeprefix("cron(").removesuffix(")").split()
    return len(fields) == 6 and fields[3] in {"*", "1/1", "1/2", "1/3", "*/1", "*/2", "*/3"}
