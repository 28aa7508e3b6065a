"""House rule: no policy grants actions by wildcard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.gates import house, policies
from factory.gates.resources import Resource
from factory.gates.unknowns import Given, is_known

# A key's policy speaks of one key, and its administrators may do everything with it but use it through others: without
# them nobody could ever change the policy (KMS Developer Guide, "Default key policy").
_OWN_KEY = "kms:*"


class WildcardActions(policies.PolicyRule):
    """No policy allows actions by wildcard, by exclusion, or by a text that whoever launches may choose."""

    id = "E9301"
    shortdesc = "No wildcard actions"
    description = "A wildcard grants what nobody thought of, and what AWS adds later."
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
    mend = "Name each action, from awacs: allow(sid, [s3.GetObject, ...], resource)."
    controls = ("nist-800-53/AC-6", "soc2/CC6.3", "cis-aws/1.16", "pci-dss/7.2.2")
    purposes = frozenset({policies.Purpose.IDENTITY, policies.Purpose.TRUST, policies.Purpose.RESOURCE})

    def check_statement(self, resource: Resource, statement: policies.Statement) -> Iterator[house.Problem]:
        """Look at what the statement grants; a Deny may be as wide as it likes."""
        if not statement.allows:
            return
        if statement.not_actions:
            yield house.Problem(message=f"{policies.named(statement)} allows all actions but some")
        for action in statement.actions:
            if _is_wild(action) and not _of_own_key(resource, statement, action):
                yield house.Problem(message=f"{policies.named(statement)} allows {action}")


def _is_wild(action: Any) -> bool:
    if isinstance(action, Given):
        return True
    return not isinstance(action, str) or not is_known(action) or "*" in action or "?" in action


def _of_own_key(resource: Resource, statement: policies.Statement, action: Any) -> bool:
    """Whether the account administers its key; who that is in the account, IAM policies decide."""
    is_root = all(kind == "AWS" and str(value).endswith(":root") for kind, value in statement.principals)
    return resource.type == "AWS::KMS::Key" and action == _OWN_KEY and bool(statement.principals) and is_root
