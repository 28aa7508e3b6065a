"""House rule: AWS services act for this account only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from factory.gates import house, policies, reach
from factory.gates.resources import Resource

_SOURCE = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")
# In the policy of a key, what is encrypted tells for whom a service works (KMS Developer Guide, "Encryption context");
# of Firehose and Cognito, an external id does (IAM User Guide, "The confused deputy problem").
_INSTEAD = ("kms:calleraccount", "kms:encryptioncontext:*", "sts:externalid")

WITHOUT_SOURCE: Mapping[str, str] = {
    # An instance profile's role is taken on by the instance itself, in the account that both belong to.
    "ec2.amazonaws.com": "EC2 hands a role to instances of its own account only, and names no source",
    # Its role is a setting of the account and is used for no other.
    "apigateway.amazonaws.com": "API Gateway's role for logs is a setting of the account, and names no source",
    # Whoever makes a pipeline must be allowed to pass its role, which nobody of another account can be.
    "codepipeline.amazonaws.com": "CodePipeline takes on roles of a pipeline's own account, and is not known to name a "
    "source",
    # Replicas of functions at the edge belong to the account of their distribution.
    "edgelambda.amazonaws.com": "Lambda@Edge takes on the role of the function that it replicates, and names no source",
}
"""Services that name no source when they take on a role (IAM User Guide, "The confused deputy problem": the keys work
only with services that support them), and why no other account's resource can stand behind them."""


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
        if reach.confining(statement, [*_SOURCE, *_INSTEAD], resource.world):
            return
        trusts = statement.purpose is policies.Purpose.TRUST
        for kind, value in statement.principals:
            if kind == "Service" and not (trusts and value in WITHOUT_SOURCE):
                message = f"{policies.named(statement)} lets {value} in for whichever account it acts"
                yield house.Problem(message=message)
