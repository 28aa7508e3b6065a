"""House rule E9308: nobody is made an administrator by a policy of AWS's own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource
from tests.gates.rules.documents import asked

AWS = "arn:aws:iam::aws:policy"


def role(*policies: Any) -> dict[str, Any]:
    return resource("AWS::IAM::Role", ManagedPolicyArns=list(policies))


@pytest.mark.parametrize(
    "good",
    [
        role(),
        role(f"{AWS}/service-role/AWSBackupServiceRolePolicyForBackup", {"Ref": "Policy"}),
        role({"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/SecurityAudit"}),
    ],
)
def test_a_policy_for_a_task_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9308", good) == []


@pytest.mark.parametrize(
    "bad",
    [
        role(f"{AWS}/AdministratorAccess"),
        role(f"{AWS}/PowerUserAccess"),
        role(f"{AWS}/IAMFullAccess"),
        role(f"{AWS}/AmazonS3FullAccess"),
        role(f"{AWS}/job-function/DatabaseAdministrator"),
        role({"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"}),
        role({"Fn::Join": ["/", [AWS, "AmazonSQSFullAccess"]]}),
        role({"Fn::If": ["IsWanted", f"{AWS}/SecurityAudit", f"{AWS}/AdministratorAccess"]}),
        role({"Fn::Sub": "arn:aws:iam::aws:policy/${Free}"}),
        role({"Ref": "Free"}),
        resource("AWS::IAM::Group", ManagedPolicyArns=[f"{AWS}/AdministratorAccess"]),
        resource("AWS::SSO::PermissionSet", ManagedPolicies=[f"{AWS}/AdministratorAccess"]),
    ],
)
def test_an_administrator_is_found(bad: dict[str, Any]) -> None:
    parameters = {**IF_WANTED["Parameters"], **asked(Free=".+")["Parameters"]}
    (found,) = ask("E9308", bad, **{**IF_WANTED, "Parameters": parameters})
    assert "may be a policy of an administrator" in found


@pytest.mark.parametrize(
    ("pattern", "findings"),
    [
        (r"arn:aws:iam::\d{12}:policy/.+", 0),
        (r"(arn:aws:iam::(\d{12}|aws):policy/(?!.*(Administrator|PowerUser|FullAccess)).+)?", 0),
        (r"arn:aws:iam::(\d{12}|aws):policy/.+", 1),
    ],
)
def test_a_policy_that_is_asked_for_is_none_of_them(pattern: str, findings: int) -> None:
    assert len(ask("E9308", role({"Ref": "Given"}), **asked(Given=pattern))) == findings
