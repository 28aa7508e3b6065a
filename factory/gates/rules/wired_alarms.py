"""House rule: alarms are heard."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house, settings
from factory.gates.resources import Resource
from factory.gates.unknowns import Given


class WiredAlarms(house.HouseRule):
    """Every alarm tells a topic, on every branch."""

    id = "E9801"
    shortdesc = "Alarms have actions"
    description = "An alarm without an action changes its colour on a screen that nobody looks at."
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html"
    mend = "Make the alarm with parts.alarms.alarm, which takes a topic of the environment."
    controls = (
        "nist-800-53/AU-6(1)",
        "nist-800-53/CA-7",
        "nist-800-53/IR-4(1)",
        "soc2/CC7.2",
        "soc2/CC7.3",
    )
    types = frozenset({"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the actions, and at the switch that silences them."""
        actions = resource.items("AlarmActions")
        if not any(_is_heard(action) for action in actions):
            yield house.Problem(message="nobody is told", at="AlarmActions")
        enabled = resource.get("ActionsEnabled")
        if enabled is not None and not settings.is_on(enabled):
            yield house.Problem(message="its actions may be switched off", at="ActionsEnabled")


def _is_heard(action: object) -> bool:
    return not action.admits("") if isinstance(action, Given) else action not in (None, "")
