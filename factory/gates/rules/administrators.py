"""House rule: nobody is made an administrator by a policy of AWS's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from factory.gates import house
from factory.gates.resources import Resource
from factory.gates.unknowns import Given, is_known

# Full access to a service, to IAM or to everything; the job functions that administer (IAM User Guide, "AWS managed
# policies for job functions").
_TOO_WIDE = re.compile(
    r".*:iam::aws:policy/(.*/)?(AdministratorAccess.*|PowerUserAccess|.*FullAccess.*|(System|Database|Network)Administrator)"
)
_EXAMPLES = tuple(
    f"arn:aws:iam::aws:policy/{name}"
    for name in ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "AmazonS3FullAccess")
)

ATTACHED: Mapping[str, str] = {
    "AWS::IAM::Group": "ManagedPolicyArns",
    "AWS::IAM::Role": "ManagedPolicyArns",
    "AWS::IAM::User": "ManagedPolicyArns",
    "AWS::SSO::PermissionSet": "ManagedPolicies",
}
"""By resource type, the property that attaches managed policies."""


class Administrators(house.HouseRule):
    """No role, group or permission set has a managed policy that grants everything, or everything of a service."""

    id = "E9308"
    shortdesc = "No administrators"
    description = "AWS's FullAccess policies grant every action on every resource, and what the service adds later."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
    mend = (
        "Grant what the task needs with parts.roles.service_role. Where whoever launches names the policy, the "
        "parameter's pattern must admit policies of the account only: arn:…:iam::<digits>:policy/…"
    )
    controls = (
        "nist-800-53/AC-2",
        "nist-800-53/AC-5",
        "nist-800-53/AC-6",
        "nist-800-53/AC-6(5)",
        "soc2/CC6.3",
        "cis-aws/1.16",
        "pci-dss/7.2.2",
    )
    types = frozenset(ATTACHED)

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at each managed policy that is attached."""
        path = ATTACHED[resource.type]
        for policy in resource.items(path):
            if _is_too_wide(policy, resource):
                yield house.Problem(message=f"{policy} may be a policy of an administrator", at=path)


def _is_too_wide(policy: Any, resource: Resource) -> bool:
    if isinstance(policy, Given):
        return any(policy.admits(example) for example in _EXAMPLES)
    if is_known(policy) or not isinstance(policy, str):
        return isinstance(policy, str) and _TOO_WIDE.fullmatch(policy) is not None
    # In a text, what whoever launches gives may complete the name.
    return _TOO_WIDE.fullmatch(policy) is not None or any(
        isinstance(piece, Given) and not piece.of_contract for piece in resource.world.unknowns(policy)
    )
