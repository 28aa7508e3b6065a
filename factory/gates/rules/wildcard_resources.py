"""House rule: whatever changes something or reads contents is allowed on named resources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.authoring.actions import arn_formats
from factory.gates import house, policies, reach
from factory.gates.resources import Resource
from factory.gates.unknowns import is_known

# Verbs of actions that change nothing and give no contents away.
_METADATA = ("describe", "list")
# Where resources can't be named, because they are made later, their tags can.
_CONFINING = (
    "aws:requesttag/*",
    "aws:resourcetag/*",
    "cloudwatch:namespace",
    "ec2:resourcetag/*",
    "ec2:vpc",
    "ecs:cluster",
    "rds:db-tag/*",
    "ssm:resourcetag/*",
)
# Roles that are passed have a rule of their own.
_ELSEWHERE = "iam:passrole"


class WildcardResources(policies.PolicyRule):
    """Actions that change something or read contents are allowed on named resources only, where their API has such."""

    id = "E9303"
    shortdesc = "No wildcard resources"
    description = (
        "An action on everything reaches the data of every other product in the account, and of those that come later."
    )
    source_url = (
        "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-"
        "contextkeys.html"
    )
    mend = (
        "Name the resources in allow(sid, actions, on): an ARN of this template, of a contract value, or one with a "
        "prefix of its own. A parameter's pattern must not admit * or ?."
    )
    controls = ("nist-800-53/AC-3", "nist-800-53/AC-6", "soc2/CC6.1", "soc2/CC6.3", "pci-dss/7.2.1", "gdpr/25")
    purposes = frozenset({policies.Purpose.IDENTITY})

    def check_statement(self, resource: Resource, statement: policies.Statement) -> Iterator[house.Problem]:
        """Look at the resources first: most statements name theirs."""
        if not statement.allows:
            return
        world, name = resource.world, policies.named(statement)
        if statement.not_resources:
            yield house.Problem(message=f"{name} allows its actions on all resources but some")
        if not any(reach.is_everything(item, world) for item in statement.resources):
            return
        if reach.confining(statement, _CONFINING, world):
            return
        for action in statement.actions:
            if _needs_resource(action):
                yield house.Problem(message=f"{name} allows {action} on everything")


def _needs_resource(action: Any) -> bool:
    """Whether an action is more than looking around, and can be allowed on single resources."""
    if not isinstance(action, str) or not is_known(action):
        return True
    service, _, name = action.lower().partition(":")
    if action.lower() == _ELSEWHERE or name.startswith(_METADATA):
        return False
    try:
        return bool(arn_formats(f"{service}:{name}"))
    except KeyError:
        # A wildcard, or what IAM does not know.
        return True
