"""AWS CodeBuild: roles that the service may assume, and builds that know what to do.

Source: AWS CodeBuild API Reference, CreateProject; AWS CodeBuild User Guide, "Troubleshooting AWS CodeBuild".
"""

from __future__ import annotations

from factory.sandbox.demands import policies
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.refusal import RefusedError


def _project(resource: Resource, account: Account) -> None:
    properties = resource.properties
    source = properties.get("Source") or {}
    if source.get("Type") == "NO_SOURCE" and not source.get("BuildSpec"):
        raise _invalid("Project with source type NO_SOURCE must have an inline build specification.")
    arn = str(properties["ServiceRole"])
    if arn.startswith("arn:") and f"::{account.id}:" in arn:
        role = account.client("iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]
        if not policies.trusts(role, "codebuild.amazonaws.com"):
            raise _invalid(
                "CodeBuild is not authorized to perform: sts:AssumeRole on service role. Please verify that "
                "the service role has a trust relationship with CodeBuild."
            )


def _invalid(message: str) -> RefusedError:
    return RefusedError(message, code="InvalidInputException")


DEMANDS = {"AWS::CodeBuild::Project": _project}
