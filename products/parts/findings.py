"""Findings of the account's detectors: who is told of them, and the function that answers the worst of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import Sub
from troposphere.awslambda import Function, Permission
from troposphere.events import InputTransformer, Rule, Target

from factory.authoring import Stack


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Events of one kind; `says` is what people read, with `<name>` for what stands at a path of the event."""

    title: str
    about: str
    pattern: Mapping[str, Any]
    says: str = ""
    paths: Mapping[str, str] | None = None


def _threats(*severity: Any) -> dict[str, Any]:
    return {
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"severity": [{"numeric": list(severity)}]},
    }


_THREAT = "GuardDuty in account <account>, <region>: <title> (<type>)"
_THREAT_PATHS = {"title": "$.detail.title", "account": "$.account", "region": "$.region", "type": "$.detail.type"}

# GuardDuty User Guide, "Severity levels of GuardDuty findings": 7 and more is high or critical, from 4 on medium.
HIGH_THREATS = Finding(
    title="HighThreats",
    about="Threats of high severity",
    pattern=_threats(">=", 7),
    says=_THREAT,
    paths=_THREAT_PATHS,
)
MEDIUM_THREATS = Finding(
    title="MediumThreats",
    about="Threats of medium severity",
    pattern=_threats(">=", 4, "<", 7),
    says=_THREAT,
    paths=_THREAT_PATHS,
)
# Security Hub sends a finding again whenever it is looked at again: what people were told of is marked as NOTIFIED.
# Of what GuardDuty and the Access Analyzer find, their own events tell sooner.
WEAKNESSES = {
    "source": ["aws.securityhub"],
    "detail-type": ["Security Hub Findings - Imported"],
    "detail": {
        "findings": {
            "ProductName": [{"anything-but": ["GuardDuty", "IAM Access Analyzer"]}],
            "RecordState": ["ACTIVE"],
            "Severity": {"Label": ["CRITICAL", "HIGH"]},
            "Workflow": {"Status": ["NEW"]},
        }
    },
}
PUBLIC_RESOURCES = Finding(
    title="PublicResources",
    about="What anybody can reach",
    pattern={
        "source": ["aws.access-analyzer"],
        "detail-type": ["Access Analyzer Finding"],
        "detail": {"status": ["ACTIVE"], "isPublic": [True]},
    },
    says="Anybody can reach <resource> in account <account>, says the Access Analyzer",
    paths={"resource": "$.detail.resource", "account": "$.account"},
)


def broken_rules(rules: Sequence[Any]) -> dict[str, Any]:
    """Resources that begin to break one of these rules of AWS Config; of any rule where none is named."""
    detail: dict[str, Any] = {"newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]}}
    if rules:
        detail["configRuleName"] = list(rules)
    return {"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"], "detail": detail}


BROKEN_RULES = Finding(
    title="BrokenRules",
    about="Resources that break a rule of Config",
    pattern=broken_rules([]),
    says="<resource> (<type>) in account <account> breaks <rule>",
    paths={
        "resource": "$.detail.resourceId",
        "type": "$.detail.resourceType",
        "rule": "$.detail.configRuleName",
        "account": "$.account",
    },
)


def tell(stack: Stack, finding: Finding, topic: Any, *, condition: str | None = None) -> None:
    """Tell a topic of findings in words, which e-mail and Slack show as they are."""
    message = InputTransformer(InputPathsMap=dict(finding.paths or {}), InputTemplate=f'"{finding.says}"')
    _rule(stack, finding, Target(Id="topic", Arn=topic, InputTransformer=message), condition)


def answer(stack: Stack, finding: Finding, function: Function, *, condition: str | None = None) -> None:
    """Hand findings to a function as they come."""
    rule = _rule(stack, finding, Target(Id="function", Arn=function.get_att("Arn")), condition)
    permission = Permission(
        f"{finding.title}Invokes",
        Action="lambda:InvokeFunction",
        FunctionName=function.get_att("Arn"),
        Principal="events.amazonaws.com",
        SourceArn=rule.get_att("Arn"),
    )
    if condition:
        permission.Condition = condition
    stack.add(permission)


def _rule(stack: Stack, finding: Finding, target: Target, condition: str | None) -> Rule:
    rule = Rule(
        finding.title,
        Description=Sub(f"{finding.about} in ${{Project}} ${{Environment}}"),
        EventPattern=dict(finding.pattern),
        Targets=[target],
    )
    if condition:
        rule.Condition = condition
    return stack.add(rule)
