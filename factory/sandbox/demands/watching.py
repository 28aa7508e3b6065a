"""Amazon CloudWatch, CloudWatch Logs and Amazon EventBridge: alarms, encrypted logs, and rules.

Sources: Amazon CloudWatch API Reference, PutMetricAlarm and PutDashboard; Amazon CloudWatch Logs User Guide, "Encrypt
log data in CloudWatch Logs using AWS KMS" and "CloudWatch Logs quotas"; Amazon EventBridge User Guide, "Creating an
Amazon EventBridge rule that runs on a schedule" and "Amazon EventBridge event patterns".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.demands import policies
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.refusal import RefusedError

_SHORT_PERIODS = (10, 20, 30)
_HOUR, _DAY = 3600, 86_400
_RATE = re.compile(r"rate\((?:1 (?:minute|hour|day)|(?!1 )[1-9]\d* (?:minutes|hours|days))\)")
_CRON = re.compile(r"cron\(\S+ \S+ (\S+) \S+ (\S+) \S+\)")
_MAX_SUBSCRIPTIONS = 2


def _alarm(resource: Resource, _account: Account) -> None:
    properties = resource.properties
    evaluations = int(properties.get("EvaluationPeriods", 1))
    if int(properties.get("DatapointsToAlarm", 1)) > evaluations:
        raise _invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")
    for actions in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for arn in properties.get(actions) or ():
            if not str(arn).startswith("arn:"):
                raise _invalid(f"Invalid arn syntax: {arn}")
    if "MetricName" not in properties:
        return
    if not {"Statistic", "ExtendedStatistic"} & properties.keys():
        raise _invalid("Exactly one of Statistic and ExtendedStatistic must be specified")
    period = int(properties.get("Period", 60))
    if period not in _SHORT_PERIODS and period % 60:
        raise _invalid("Period must be 10, 20, 30, or a multiple of 60")
    longest = _DAY if period < _HOUR else 7 * _DAY
    if period * evaluations > longest:
        raise _invalid(
            f"Metrics cannot be checked across more than {longest // _DAY} day(s) (EvaluationPeriods * Period must be "
            f"<= {longest})."
        )


def _dashboard(resource: Resource, _account: Account) -> None:
    body = resource.properties.get("DashboardBody")
    try:
        parsed = json.loads(body) if isinstance(body, str) else body
    except ValueError:
        parsed = None
    if not isinstance(parsed, Mapping) or not isinstance(parsed.get("widgets", []), list):
        raise RefusedError("The dashboard body is invalid, there are 1 validation errors", code="InvalidParameterInput")


def _log_group(resource: Resource, account: Account) -> None:
    """A key has to let CloudWatch Logs of its Region use it, for this log group."""
    key = resource.properties.get("KmsKeyId")
    if not key:
        return
    name = resource.properties.get("LogGroupName", f"{resource.stack_name}-{resource.logical_id}-000000000000")
    arn = f"arn:aws:logs:{account.region}:{account.id}:log-group:{name}"
    try:
        document = account.client("kms").get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    except ClientError:
        document = None
    keys = {"kms:encryptioncontext:aws:logs:arn": arn, "aws:sourceaccount": account.id}
    if not any(
        policies.lets(document, service=service, action="kms:Encrypt", keys=keys)
        for service in (f"logs.{account.region}.amazonaws.com", "logs.amazonaws.com")
    ):
        raise RefusedError(
            f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn}'",
            code="InvalidParameterException",
        )


def _subscription_filter(resource: Resource, account: Account) -> None:
    group = resource.properties["LogGroupName"]
    found = account.client("logs").describe_subscription_filters(logGroupName=group)["subscriptionFilters"]
    if resource.physical_id is None and len(found) >= _MAX_SUBSCRIPTIONS:
        raise RefusedError("Resource limit exceeded.", code="LimitExceededException")


def _rule(resource: Resource, _account: Account) -> None:
    properties = resource.properties
    schedule, pattern = properties.get("ScheduleExpression"), properties.get("EventPattern")
    if schedule and not _is_schedule(str(schedule)):
        raise RefusedError("Parameter ScheduleExpression is not valid.", code="ValidationException")
    if pattern and (wrong := _no_pattern(json.loads(pattern) if isinstance(pattern, str) else pattern)):
        raise RefusedError(
            f'Event pattern is not valid. Reason: "{wrong}" must be an object or an array',
            code="InvalidEventPatternException",
        )
    for target in properties.get("Targets") or ():
        if "EcsParameters" in target and not target.get("RoleArn"):
            raise RefusedError(f"RoleArn is required for target {target['Arn']}.", code="ValidationException")


def _is_schedule(expression: str) -> bool:
    """Of the two kinds of days, a cron expression leaves one open."""
    if days := _CRON.fullmatch(expression):
        return days.groups().count("?") == 1
    return _RATE.fullmatch(expression) is not None


def _no_pattern(pattern: Mapping[str, Any]) -> str | None:
    for name, value in pattern.items():
        if isinstance(value, Mapping):
            if wrong := _no_pattern(value):
                return wrong
        elif not isinstance(value, list):
            return str(name)
    return None


def _invalid(message: str) -> RefusedError:
    return RefusedError(message, code="ValidationError")


DEMANDS = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::Events::Rule": _rule,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::Logs::SubscriptionFilter": _subscription_filter,
}
