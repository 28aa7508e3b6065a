"""House rule: AWS services act for this account only."""

from __future__ import annotations

from collections.abc import Iterator

from factory.authoring import sources
from factory.gates import house, policies, reach
from factory.gates.resources import Resource

# In the policy of a key, what is encrypted tells for whom a service works (KMS Developer Guide, "Encryption context");
# of Firehose and Cognito, an external id does (IAM User Guide, "The confused deputy problem").
_INSTEAD = ("kms:calleraccount", "kms:encryptioncontext:*", "sts:externalid")


class ConfusedDeputies(policies.PolicyRule):
    """Whoever trusts an AWS service says for which account or resource the service acts."""

    id = "E9304"
    shortdesc = "Guard against confused deputies"
    description = (
        "A service acts for all its customers: without a condition on the source, a stranger's resource makes it use "
        "this role, key, topic or function."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
    mend = (
        "Add own_account() or only_for(...) of factory.authoring.policy, as service_trust and parts.roles.service_role "
        "do."
    )
    controls = ("nist-800-53/AC-3", "nist-800-53/AC-4", "soc2/CC6.1", "soc2/CC6.3")
    purposes = frozenset({policies.Purpose.TRUST, policies.Purpose.RESOURCE})

    def check_statement(self, resource: Resource, statement: policies.Statement) -> Iterator[house.Problem]:
        """Look at each service that is let in."""
        if not statement.allows:
            return
        if reach.confining(statement, [*sources.SOURCE_KEYS, *_INSTEAD], resource.world):
            return
        for kind, value in statement.principals:
            if kind == "Service" and not policies.is_sourceless(resource, statement, value):
                message = f"{policies.named(statement)} lets {value} in for whichever account it acts"
                yield house.Problem(message=message)
