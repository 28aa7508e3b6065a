"""House rule: the ways to AWS services that lead out of a VPC are no way out for data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.gates import house, policies, reach
from factory.gates.resources import Resource
from factory.gates.unknowns import is_known

_OWN = ("aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths")
# Those of the account's own; which of them may do what, their own policies say.
_OF_RESOURCES = ("aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths")
_PLACE = "PolicyDocument"


class EndpointPolicies(house.HouseRule):
    """A VPC endpoint serves one service to principals of this platform, and to others only named actions on named
    resources."""

    id = "E9316"
    shortdesc = "Endpoint policies"
    description = (
        "Without a policy, whoever gets into the VPC takes data out through the endpoint, with credentials and into a "
        "bucket of an account of their own."
    )
    source_url = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
    mend = "Add StringEquals({'aws:PrincipalAccount': AccountId}), as parts.endpoints does."
    controls = (
        "nist-800-53/AC-4",
        "nist-800-53/AC-6",
        "nist-800-53/SC-7",
        "soc2/CC6.1",
        "soc2/CC6.6",
        "soc2/CC6.7",
        "pci-dss/1.3.2",
    )
    types = frozenset({"AWS::EC2::VPCEndpoint"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the document; an endpoint without one serves everybody."""
        document = resource.get(_PLACE)
        if document is None:
            yield house.Problem(message="the endpoint has no policy", at=_PLACE)
        for statement in policies.statements(document, policies.Purpose.LIMIT):
            if not statement.allows:
                continue
            name, world = policies.named(statement), resource.world
            if statement.not_actions or any(not _is_of_a_service(action) for action in statement.actions):
                yield house.Problem(message=f"{name} serves more than one service", at=_PLACE)
            named = all(is_known(action) and "*" not in str(action) for action in statement.actions)
            everything = bool(statement.not_resources) or any(
                reach.is_everything(item, world) for item in statement.resources
            )
            is_own = reach.confining(statement, [*_OWN, *_OF_RESOURCES], world)
            if not is_own and (everything or not named):
                yield house.Problem(message=f"{name} serves whoever gets to the endpoint", at=_PLACE)


def _is_of_a_service(action: Any) -> bool:
    """Whether an action says of which service it is; the endpoint itself takes requests to its own only."""
    service = str(action).partition(":")[0]
    return is_known(action) and bool(service) and "*" not in service
