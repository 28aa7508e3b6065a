"""The web firewall in front of a load balancer."""

from __future__ import annotations

from typing import Any

from troposphere import If, Not, NoValue, Select, Split, StackId, Sub
from troposphere.elasticloadbalancingv2 import LoadBalancer
from troposphere.wafv2 import (
    AllowAction,
    BlockAction,
    CountAction,
    DefaultAction,
    GeoMatchStatement,
    LoggingConfiguration,
    LoggingConfigurationFieldToMatch,
    ManagedRuleGroupStatement,
    OverrideAction,
    RateBasedStatement,
    RuleAction,
    RuleActionOverride,
    SingleHeader,
    Statement,
    VisibilityConfig,
    WebACL,
    WebACLAssociation,
    WebACLRule,
)

from factory.authoring import Stack
from factory.authoring.parameters import Parameter
from products.parts.logs import log_group

_WINDOW_SECONDS = 300
_COMMON = "AWSManagedRulesCommonRuleSet"
_KNOWN_BAD = "AWSManagedRulesKnownBadInputsRuleSet"
_MANAGED = ("AWSManagedRulesAmazonIpReputationList", _COMMON, _KNOWN_BAD, "AWSManagedRulesSQLiRuleSet")
_BLOCKS = OverrideAction(**{"None": {}})
_COUNTS = OverrideAction(Count={})
_SECRET_HEADERS = ("authorization", "cookie")


def firewall(
    stack: Stack,
    *,
    balancer: LoadBalancer,
    key: Any,
    retention: Any,
    counts_only: Any,
    requests_per_address: Any,
    blocked_countries: Parameter,
    allows_large_bodies: Any,
    condition: str,
) -> WebACL:
    """The web ACL of a load balancer: countries, requests per address, and AWS's managed rule groups, with a log.

    `counts_only` and `allows_large_bodies` are expressions for conditions. Known exploits are blocked even where the
    rest is only counted: no honest request looks like one.
    """
    counts = stack.condition("FirewallCounts", counts_only)
    large = stack.condition("LargeBodiesPass", allows_large_bodies)
    countries = stack.condition("BlocksCountries", Not(blocked_countries.equals("")))
    action = If(counts, RuleAction(Count=CountAction()), RuleAction(Block=BlockAction()))
    geo = GeoMatchStatement(CountryCodes=Split(",", blocked_countries.expression()))
    rate = RateBasedStatement(AggregateKeyType="IP", Limit=requests_per_address, EvaluationWindowSec=_WINDOW_SECONDS)
    rules: list[Any] = [
        If(countries, _rule("Countries", 0, Statement(GeoMatchStatement=geo), Action=action), NoValue),
        _rule("RequestsPerAddress", 1, Statement(RateBasedStatement=rate), Action=action),
    ]
    for priority, group in enumerate(_MANAGED, start=2):
        statement = ManagedRuleGroupStatement(VendorName="AWS", Name=group)
        if group == _COMMON:
            override = RuleActionOverride(Name="SizeRestrictions_BODY", ActionToUse=RuleAction(Count=CountAction()))
            statement.RuleActionOverrides = If(large, [override], NoValue)
        rules.append(
            _rule(
                group,
                priority,
                Statement(ManagedRuleGroupStatement=statement),
                OverrideAction=_BLOCKS if group == _KNOWN_BAD else If(counts, _COUNTS, _BLOCKS),
            )
        )
    acl = stack.add(
        WebACL(
            "Firewall",
            Scope="REGIONAL",
            Description="Guards the load balancer",
            DefaultAction=DefaultAction(Allow=AllowAction()),
            Rules=rules,
            VisibilityConfig=_visible(Sub("${Project}-${Environment}-${Instance}")),
            Condition=condition,
        )
    )
    stack.add(
        WebACLAssociation(
            "FirewallAssociation",
            ResourceArn=balancer.ref(),
            WebACLArn=acl.get_att("Arn"),
            Condition=condition,
        )
    )
    # WAF takes only groups whose name begins so. The group outlives the stack, hence a part of the stack's id; and is
    # made without condition, as it could not be made a second time where the load balancer goes and comes back.
    log_group(
        stack,
        "FirewallLogs",
        key=key,
        retention=retention,
        name=Sub(
            "aws-waf-logs-${Project}-${Environment}-${Instance}-${Unique}",
            Unique=Select(2, Split("/", StackId)),
        ),
    )
    stack.add(
        LoggingConfiguration(
            "FirewallLogging",
            ResourceArn=acl.get_att("Arn"),
            # Without the `:*` that the group's own `Arn` ends in.
            LogDestinationConfigs=[
                Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${FirewallLogs}")
            ],
            RedactedFields=[
                LoggingConfigurationFieldToMatch(SingleHeader=SingleHeader(Name=name)) for name in _SECRET_HEADERS
            ],
            Condition=condition,
        )
    )
    return acl


def _rule(name: str, priority: int, statement: Statement, **action: Any) -> WebACLRule:
    return WebACLRule(Name=name, Priority=priority, Statement=statement, VisibilityConfig=_visible(name), **action)


def _visible(name: Any) -> VisibilityConfig:
    return VisibilityConfig(CloudWatchMetricsEnabled=True, SampledRequestsEnabled=True, MetricName=name)
