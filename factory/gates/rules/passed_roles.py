"""House rule: named roles are passed, to named services."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house, policies, reach
from factory.gates.resources import Resource

_ACTION = "iam:passrole"
_TO = ("iam:passedtoservice",)


class PassedRoles(policies.PolicyRule):
    """iam:PassRole is allowed for named roles only, and to named services only."""

    id = "E9311"
    shortdesc = "Pass named roles to named services"
    description = "Whoever may pass any role to any service works with the permissions of the strongest one."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"
    mend = "Allow it on the role's ARN, when=[StringEquals({'iam:PassedToService': '<service>.amazonaws.com'})]."
    controls = ("nist-800-53/AC-5", "nist-800-53/AC-6", "soc2/CC6.3", "pci-dss/7.2.2")
    purposes = frozenset({policies.Purpose.IDENTITY})

    def check_statement(self, resource: Resource, statement: policies.Statement) -> Iterator[house.Problem]:
        """Look at the roles and at the condition."""
        if not statement.allows or all(str(action).lower() != _ACTION for action in statement.actions):
            return
        name = policies.named(statement)
        if statement.not_resources or any(reach.is_everything(item, resource.world) for item in statement.resources):
            yield house.Problem(message=f"{name} passes any role")
        if not reach.confining(statement, _TO, resource.world):
            yield house.Problem(message=f"{name} passes roles to any service")
