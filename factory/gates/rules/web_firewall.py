"""House rule: what the internet reaches is behind a web firewall."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house, networks
from factory.gates.resources import Resource
from factory.gates.settings import anything
from factory.gates.worlds import World

_ACL = "AWS::WAFv2::WebACL"
_ASSOCIATION = "AWS::WAFv2::WebACLAssociation"
_WEB_ACL_ID = "DistributionConfig.WebACLId"


class WebFirewall(house.HouseRule):
    """What the internet reaches, load balancers, APIs, distributions and user pools, has a web ACL with rules."""

    id = "E9224"
    shortdesc = "Web firewall"
    description = (
        "Without a firewall every scanner's exploits and every flood of requests reach the application itself."
    )
    source_url = "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html"
    mend = "Take products.parts.firewall, or associate a web ACL (of a distribution: WebACLId)."
    controls = (
        "nist-800-53/AC-4(21)",
        "nist-800-53/SC-5",
        "nist-800-53/SC-7",
        "soc2/CC6.6",
        "soc2/CC7.1",
        "pci-dss/6.4.2",
    )
    types = frozenset(
        {
            "AWS::ApiGateway::Stage",
            "AWS::AppSync::GraphQLApi",
            "AWS::CloudFront::Distribution",
            "AWS::Cognito::UserPool",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            _ACL,
        }
    )

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look for the association, where the internet reaches the resource."""
        match resource.type:
            case "AWS::WAFv2::WebACL":
                if not resource.every("Rules.*.Name"):
                    yield house.Problem(message="it has no rules", at="Rules")
            case "AWS::CloudFront::Distribution":
                if not anything().admits(resource.get(_WEB_ACL_ID)):
                    yield house.Problem(message="it has no web ACL", at=_WEB_ACL_ID)
            case _:
                if _is_reached(resource) and not _is_guarded(resource):
                    yield house.Problem(message="the internet reaches it without a web ACL")


def _is_reached(resource: Resource) -> bool:
    match resource.type:
        case "AWS::ElasticLoadBalancingV2::LoadBalancer":
            return resource.get("Type") in (None, "application") and networks.is_internet_facing(resource)
        case "AWS::AppSync::GraphQLApi":
            return bool(resource.get("Visibility") != "PRIVATE")
        case "AWS::ApiGateway::Stage":
            api = _api(resource.world, resource)
            return api is None or api.items("EndpointConfiguration.Types") != ["PRIVATE"]
        case _:
            return True


def _is_guarded(resource: Resource) -> bool:
    arns = [item.get("ResourceArn") for item in resource.world.resources(_ASSOCIATION)]
    if resource.type != "AWS::ApiGateway::Stage":
        return any(map(resource.is_meant_by, arns))
    # A stage has no ARN to refer to: it is put together from the API and the stage's name, or a reference to it.
    api, name = _api(resource.world, resource), str(resource.get("StageName"))
    return any(
        (api is None or api.is_meant_by(arn)) and (resource.is_meant_by(arn) or str(arn).endswith(f"/stages/{name}"))
        for arn in arns
    )


def _api(world: World, stage: Resource) -> Resource | None:
    apis = world.resources("AWS::ApiGateway::RestApi")
    return next((api for api in apis if api.is_meant_by(stage.get("RestApiId"))), None)
