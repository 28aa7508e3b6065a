"""House rule: a function is invoked by whom it is meant for."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house, openness, reach
from factory.gates.branches import Resource

_SOURCES = ("SourceAccount", "SourceArn", "PrincipalOrgID")


class FunctionPermissions(house.HouseRule):
    """A permission to invoke a function names the account or the resource for which a service does so."""

    id = "E9305"
    shortdesc = "Function permissions name their source"
    description = (
        "Without a source, any customer's topic, bucket or API invokes the function through the service, and a "
        "permission for everybody or a URL without authorization lets the internet in."
    )
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html"
    mend = "Set SourceArn and SourceAccount=Ref('AWS::AccountId') on the permission; AuthType AWS_IAM on a URL."
    controls = ("nist-800-53/AC-3", "nist-800-53/AC-4", "nist-800-53/AC-6", "soc2/CC6.1", "pci-dss/7.2.1")
    types = frozenset({"AWS::Lambda::Permission", "AWS::Lambda::LayerVersionPermission", "AWS::Lambda::Url"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the principal and at what confines it."""
        world = resource.world
        if resource.type == "AWS::Lambda::Url":
            if resource.get("AuthType") != "AWS_IAM":
                yield house.Problem(message="the function's URL lets everybody in", at="AuthType")
            return
        if resource.type == "AWS::Lambda::LayerVersionPermission":
            sources = [resource.get("OrganizationId")]
        else:
            sources = [resource.get(name) for name in _SOURCES]
            if resource.get("FunctionUrlAuthType") == "NONE":
                yield house.Problem(message="the function's URL lets everybody in", at="FunctionUrlAuthType")
        principal = resource.get("Principal")
        if _is_account(principal, resource):
            return
        if not any(source is not None and reach.is_specific(source, world) for source in sources):
            yield house.Problem(message=f"{principal} may use the function for whomever it acts", at="Principal")


def _is_account(principal: object, resource: Resource) -> bool:
    """Whether a principal is this account, or a role in it, and so confined by itself."""
    is_service = isinstance(principal, str) and "." in principal
    who = openness.audience("AWS", principal, resource.world)
    return not is_service and who is openness.Audience.OWN_ACCOUNT
