"""House rule: events that a function could not handle are kept."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource

# Services that invoke functions and don't wait for an answer (Lambda Developer Guide, "Invoking Lambda with events from
# other AWS services").
_ASYNCHRONOUS = frozenset(
    f"{name}.amazonaws.com" for name in ("codecommit", "config", "events", "iot", "s3", "ses", "sns")
)


class FailedEvents(house.HouseRule):
    """A function that services invoke without waiting has a place where events go that it could not handle."""

    id = "E9715"
    shortdesc = "Failed events are kept"
    description = "After three attempts Lambda throws the event away: an order, an alarm or a finding is lost."
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"
    mend = "Give python_function a dead_letter, or add an EventInvokeConfig with DestinationConfig.OnFailure."
    controls = ("nist-800-53/CP-10", "nist-800-53/SI-11", "nist-800-53/AU-5", "soc2/A1.2", "soc2/PI1.3")
    types = frozenset({"AWS::Lambda::Function"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look for who invokes it, and then for where events go."""
        if not _is_asynchronous(resource) or resource.get("DeadLetterConfig.TargetArn") is not None:
            return
        for config in resource.world.resources("AWS::Lambda::EventInvokeConfig"):
            kept = config.get("DestinationConfig.OnFailure.Destination") is not None
            if kept and resource.is_meant_by(config.get("FunctionName")):
                return
        yield house.Problem(message="events that fail are lost", at="DeadLetterConfig")


def _is_asynchronous(function: Resource) -> bool:
    for permission in function.world.resources("AWS::Lambda::Permission"):
        if permission.get("Principal") in _ASYNCHRONOUS and function.is_meant_by(permission.get("FunctionName")):
            return True
    return False
