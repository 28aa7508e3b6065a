"""Amazon EventBridge Scheduler: what the emulator's schedules lose of their template.

Expressions and roles, which it takes without looking, are looked at here. The wording of refusals follows messages that
users have published, and was not compared with the service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.plugin import Fill, Request
from factory.sandbox.types.refusal import RefusedError

_SERVICE = "scheduler.amazonaws.com"
_RATE = re.compile(r"rate\([1-9]\d* (minute|hour|day)s?\)")
_ONCE = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
# The highest number in each field, after the lowest; days of the week begin with Sunday as 1.
_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))


def _fill_schedule(request: Request, name: str, _old: Mapping[str, Any]) -> None:
    """Write the whole schedule again: an update of the service's takes back what it doesn't name."""
    properties = request.properties
    if not _is_schedule(properties["ScheduleExpression"]):
        raise _refused(f"Invalid Schedule Expression {properties['ScheduleExpression']}.")
    _check_role(request, properties["Target"]["RoleArn"])
    scheduler = request.client("scheduler")
    scheduler.update_schedule(**arguments(scheduler, "UpdateSchedule", {**properties, "Name": name}))


def _refused(message: str) -> RefusedError:
    return RefusedError(message, code="ValidationException")


def _check_role(request: Request, arn: str) -> None:
    role = request.client("iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]
    if _SERVICE not in json.dumps(role["AssumeRolePolicyDocument"]):
        raise _refused(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.",
        )


def _is_schedule(expression: str) -> bool:
    """EventBridge Scheduler User Guide, "Schedule types in EventBridge Scheduler"."""
    if once := _ONCE.fullmatch(expression):
        return _is_time(once[1])
    if fields := _CRON.fullmatch(expression):
        parts = fields.groups()
        # Of the two kinds of days one is left open.
        open_days = [parts[2], parts[4]].count("?")
        return open_days == 1 and all(map(_is_field, parts, _FIELDS))
    return _RATE.fullmatch(expression) is not None


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_field(text: str, limits: tuple[int, int]) -> bool:
    """Hold the numbers of a field against its limits; what follows a slash is a step, after # the number of a week."""
    numbers = [int(number) for number in re.findall(r"(?<![/#\d])\d+", text)]
    return all(limits[0] <= number <= limits[1] for number in numbers)


FILLS = (Fill(name="AWS::Scheduler::Schedule", apply=_fill_schedule),)
