"""House rule: every role can be bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factory.gates import house
from factory.gates.resources import Resource

_PATH = "PermissionsBoundary"


class PermissionsBoundaries(house.HouseRule):
    """Every role has a permissions boundary, or one can be given it by whoever launches, on every branch."""

    id = "E9312"
    shortdesc = "Roles can be bounded"
    description = (
        "An account whose owner demands a boundary on every role refuses a product that can't set one; and without one "
        "a mistake in a policy has no limit."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
    mend = "Make the role with parts.roles.service_role, which takes the boundary of the launch."
    controls = ("nist-800-53/AC-6", "soc2/CC6.3")
    types = frozenset({"AWS::IAM::Role", "AWS::IAM::User"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Where the launch leaves it out, ask whether the same launch could have named one."""
        if resource.get(_PATH) is not None:
            return
        node = resource.body.get("Properties", {}).get(_PATH)
        asked = {name: resource.world.given(name) for name in _parameters(node, resource)}
        bounded = Resource(name=resource.name, body=resource.body, world=resource.world.where(asked))
        if not asked or bounded.get(_PATH) is None:
            yield house.Problem(message="no permissions boundary can be set", at=_PATH)


def _parameters(node: Any, resource: Resource) -> Iterator[str]:
    """The parameters that a node takes its value from."""
    if isinstance(node, list):
        for item in node:
            yield from _parameters(item, resource)
    elif isinstance(node, Mapping):
        for name, argument in node.items():
            if name == "Ref" and argument in resource.world.parameters:
                yield argument
            else:
                yield from _parameters(argument, resource)
