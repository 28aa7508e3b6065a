"""AWS WAF: which resource a web ACL protects, and where a web ACL logs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.plugin import Fidelity, Fill, Made, Request, ResourceType
from factory.sandbox.types.recorded import recorded
from factory.sandbox.types.refusal import RefusedError
from factory.sandbox.types.tags import tag_changes

# A log group, a bucket and a delivery stream for WAF logs all have this at the start of their name.
# Source: AWS WAF Developer Guide, "AWS WAF logging destinations".
_LOG_DESTINATION = re.compile(
    r"arn:[\w-]+:(logs:[^:]+:[^:]+:log-group:|s3:::|firehose:[^:]+:[^:]+:deliverystream/)aws-waf-logs-.+"
)
_WEB_ACL = re.compile(r"arn:[^:]+:wafv2:[^:]+:[^:]+:(regional|global)/webacl/([^/]+)/([^/]+)")


def _missing(what: str) -> RefusedError:
    return RefusedError(
        f"AWS WAF couldn't perform the operation because your resource doesn't exist: {what}",
        code="WAFNonexistentItemException",
    )


def _associate(request: Request) -> Made:
    resource, web_acl = request.properties["ResourceArn"], request.properties["WebACLArn"]
    if ":elasticloadbalancing:" in resource:
        # The emulator's WAF takes any ARN; the load balancer's own service knows whether it exists.
        request.client("elbv2").describe_load_balancers(LoadBalancerArns=[resource])
    request.client("wafv2").associate_web_acl(ResourceArn=resource, WebACLArn=web_acl)
    return Made(physical_id=f"{resource}|{web_acl}", attributes={})


def _dissociate(request: Request, _physical_id: str) -> None:
    wafv2 = request.client("wafv2")
    resource = request.properties["ResourceArn"]
    try:
        current = wafv2.get_web_acl_for_resource(ResourceArn=resource).get("WebACL")
    except wafv2.exceptions.WAFNonexistentItemException:
        # The emulator's answer for a resource without a web ACL.
        return
    if current and current["ARN"] == request.properties["WebACLArn"]:
        wafv2.disassociate_web_acl(ResourceArn=resource)


def _log(request: Request, _physical_id: str | None) -> Made:
    arn = request.properties["ResourceArn"]
    web_acl = _WEB_ACL.fullmatch(arn)
    if web_acl is None:
        raise _missing(arn)
    scope = {"regional": "REGIONAL", "global": "CLOUDFRONT"}[web_acl[1]]
    request.client("wafv2").get_web_acl(Name=web_acl[2], Id=web_acl[3], Scope=scope)
    for destination in request.properties["LogDestinationConfigs"]:
        if not _LOG_DESTINATION.fullmatch(destination):
            raise RefusedError(
                f"The ARN isn't valid. Its resource name must start with aws-waf-logs-: {destination}",
                code="WAFInvalidParameterException",
            )
    return Made(physical_id=arn, attributes={"ManagedByFirewallManager": False})


def _fill_web_acl(request: Request, physical_id: str, old: Mapping[str, Any]) -> None:
    name, acl_id, scope = physical_id.split("|")
    wafv2 = request.client("wafv2")
    gone, tags = tag_changes(old, request.properties)
    arn = wafv2.get_web_acl(Name=name, Id=acl_id, Scope=scope)["WebACL"]["ARN"]
    if gone:
        wafv2.untag_resource(ResourceARN=arn, TagKeys=gone)
    if tags:
        wafv2.tag_resource(ResourceARN=arn, Tags=tags)


FILLS = (Fill(name="AWS::WAFv2::WebACL", apply=_fill_web_acl, tagged=True),)

TYPES = (
    ResourceType(
        name="AWS::WAFv2::WebACLAssociation",
        fidelity=Fidelity.REAL,
        create=_associate,
        delete=_dissociate,
    ),
    recorded("AWS::WAFv2::LoggingConfiguration", _log),
)
