"""House rule: no policy lets its holder grant itself more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.gates import house, policies, reach
from factory.gates.resources import Resource

# What changes the permissions of somebody, and so of oneself where one is among those named (Rhino Security Labs, "AWS
# IAM Privilege Escalation Methods").
_CHANGE_PERMISSIONS = frozenset(
    {
        "iam:addusertogroup",
        "iam:attachgrouppolicy",
        "iam:attachrolepolicy",
        "iam:attachuserpolicy",
        "iam:createaccesskey",
        "iam:createloginprofile",
        "iam:createpolicyversion",
        "iam:deleterolepermissionsboundary",
        "iam:deleteuserpermissionsboundary",
        "iam:putgrouppolicy",
        "iam:putrolepermissionsboundary",
        "iam:putrolepolicy",
        "iam:putuserpermissionsboundary",
        "iam:putuserpolicy",
        "iam:setdefaultpolicyversion",
        "iam:updateassumerolepolicy",
        "iam:updateloginprofile",
        "sts:assumerole",
    }
)
# What runs code with a role that is passed to it.
_RUN_WITH_ROLE = frozenset(
    {
        "cloudformation:createstack",
        "codebuild:createproject",
        "datapipeline:createpipeline",
        "ec2:runinstances",
        "ecs:registertaskdefinition",
        "ecs:runtask",
        "glue:createdevendpoint",
        "glue:createjob",
        "lambda:createfunction",
        "lambda:updatefunctionconfiguration",
        "sagemaker:createnotebookinstance",
        "sagemaker:createtrainingjob",
        "ssm:startautomationexecution",
        "states:createstatemachine",
    }
)
# With a boundary on whom is granted something, nobody gets beyond it (IAM User Guide, "Permissions boundaries").
_BOUNDED = ("iam:permissionsboundary",)


class PrivilegeEscalation(policies.PolicyRule):
    """No policy lets its holder change anybody's permissions, or run code with anybody's role."""

    id = "E9310"
    shortdesc = "No privilege escalation"
    description = (
        "Whoever may rewrite any policy, or start a function with any role, has every permission in the account, "
        "whatever its own policy says."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
    mend = "Name the policies and roles, or add StringEquals on iam:PermissionsBoundary; pass named roles only."
    controls = ("nist-800-53/AC-5", "nist-800-53/AC-6", "nist-800-53/AC-6(10)", "soc2/CC6.3", "pci-dss/7.2.2")
    purposes = frozenset({policies.Purpose.IDENTITY})

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[house.Problem]:
        """Look at single actions, and at combinations within one policy."""
        allowed = [item for item in policies.statements(part, policies.PLACES[resource.type][path]) if item.allows]
        wide = [item for item in allowed if _is_wide(item, resource)]
        for statement in wide:
            for action in sorted(_lowered(statement) & _CHANGE_PERMISSIONS):
                yield house.Problem(message=f"{policies.named(statement)} allows {action} on whatever there is")
        if any("iam:passrole" in _lowered(statement) for statement in wide):
            for action in sorted({action for item in allowed for action in _lowered(item)} & _RUN_WITH_ROLE):
                yield house.Problem(message=f"the policy allows {action} with any role")


def _is_wide(statement: policies.Statement, resource: Resource) -> bool:
    """Whether it is about whatever there is, and nothing bounds what comes of it."""
    everything = any(reach.is_everything(item, resource.world) for item in statement.resources)
    wide = everything or bool(statement.not_resources)
    return wide and not reach.confining(statement, _BOUNDED, resource.world)


def _lowered(statement: policies.Statement) -> set[str]:
    return {str(action).lower() for action in statement.actions}
