"""House rule: who calls a function, layer or event bus is named."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource
from factory.gates.unknowns import Given

# ARNs of buckets name no account: a deleted bucket's name can be taken by anybody.
_WITHOUT_ACCOUNT = "s3.amazonaws.com"
# It does not tell its account (EventBridge User Guide, "My rule ran but my Lambda function wasn't invoked").
_TELLS_NO_ACCOUNT = "events.amazonaws.com"


class FunctionPermissions(house.HouseRule):
    """A permission on a function names who calls it, and for a service also for which resource or account."""

    id = "E9109"
    shortdesc = "Permissions on functions name their source"
    description = (
        "A service is shared by all customers: without a source, anybody's bucket or topic calls the function."
    )
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html"
    mend = (
        "Set SourceArn; for buckets SourceAccount beside it, for EventBridge never; for an organization PrincipalOrgID."
    )
    controls = (
        "nist-800-53/AC-3",
        "nist-800-53/AC-6",
        "nist-800-53/AC-21",
        "soc2/CC6.1",
        "soc2/CC6.3",
        "pci-dss/7.2.1",
        "platform/least-privilege",
    )
    types = frozenset({"AWS::Lambda::Permission", "AWS::Lambda::LayerVersionPermission", "AWS::Events::EventBusPolicy"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the principal and at what narrows it."""
        principal = resource.get("Principal")
        is_everybody = principal.admits("*") if isinstance(principal, Given) else principal == "*"
        match resource.type:
            case "AWS::Lambda::LayerVersionPermission":
                narrowed = resource.get("OrganizationId") is not None
            case "AWS::Events::EventBusPolicy":
                narrowed = resource.get("Condition") is not None
            case _:
                narrowed = resource.get("PrincipalOrgID") is not None
                if resource.get("FunctionUrlAuthType") == "NONE":
                    yield house.Problem(message="anybody may call the function's address", at="FunctionUrlAuthType")
                yield from _source(resource, str(principal))
        if is_everybody and not narrowed:
            yield house.Problem(message="everybody is allowed", at="Principal")


def _source(resource: Resource, principal: str) -> Iterator[house.Problem]:
    if not principal.endswith((".amazonaws.com", ".amazonaws.com.cn", "⟦AWS::URLSuffix⟧")):
        return
    arn, account = resource.get("SourceArn"), resource.get("SourceAccount")
    if arn is None and account is None:
        yield house.Problem(message=f"{principal} may call for anybody: it has no source", at="Principal")
    elif account is None and principal == _WITHOUT_ACCOUNT:
        yield house.Problem(message=f"{principal} has no SourceAccount, which its ARNs do not tell", at="Principal")
    elif account is not None and principal == _TELLS_NO_ACCOUNT:
        yield house.Problem(message=f"{principal} tells no account, so the call is refused", at="SourceAccount")
