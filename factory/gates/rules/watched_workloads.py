"""House rule: what works for somebody is watched."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource

_ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_FUNCTION = "AWS::Lambda::Function"


class WatchedWorkloads(house.HouseRule):
    """A product with a service, a function, an API or a database has an alarm, on every branch that makes one."""

    id = "E9802"
    shortdesc = "Workloads are watched"
    description = "What nobody watches fails until its users call."
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html"
    mend = "Add an alarm on what its users would notice, with parts.alarms.alarm."
    controls = (
        "nist-800-53/AU-6(1)",
        "nist-800-53/CA-7",
        "nist-800-53/SI-4(2)",
        "nist-800-53/SI-4(4)",
        "soc2/A1.1",
        "soc2/CC7.2",
    )
    types = frozenset(
        {
            "AWS::ApiGateway::RestApi",
            "AWS::ApiGatewayV2::Api",
            "AWS::AppSync::GraphQLApi",
            "AWS::CloudFront::Distribution",
            "AWS::DynamoDB::Table",
            "AWS::ECS::Service",
            "AWS::EFS::FileSystem",
            "AWS::ElastiCache::ReplicationGroup",
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "AWS::OpenSearchService::Domain",
            "AWS::RDS::DBCluster",
            "AWS::RDS::DBInstance",
            "AWS::StepFunctions::StateMachine",
            _FUNCTION,
        }
    )

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look for any alarm beside it."""
        if resource.type == _FUNCTION and _is_asked_by_stacks(resource):
            return
        if not any(True for _ in resource.world.resources(*_ALARMS)):
            yield house.Problem(message="nothing rings when it fails")


def _is_asked_by_stacks(function: Resource) -> bool:
    """Whether it works for CloudFormation, which tells of its failures itself."""
    return any(
        function.is_meant_by(item.get("ServiceToken"))
        for item in function.world.resources("Custom::*", "AWS::CloudFormation::CustomResource")
    )
