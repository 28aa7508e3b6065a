"""House rule E9403: what answers requests logs them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
DISTRIBUTION = "AWS::CloudFront::Distribution"


def balancer(enabled: Any = "true", bucket: Any = "logs") -> dict[str, Any]:
    attributes = {"access_logs.s3.enabled": enabled, "access_logs.s3.bucket": bucket}
    listed = [{"Key": key, "Value": value} for key, value in attributes.items()]
    return resource(BALANCER, LoadBalancerAttributes=listed)


def bucket(target: Any) -> dict[str, Any]:
    return resource("AWS::S3::Bucket", LoggingConfiguration={"DestinationBucketName": target})


def delivered(arn: Any) -> dict[str, Any]:
    source = {"Type": "AWS::Logs::DeliverySource", "Properties": {"ResourceArn": arn, "LogType": "ACCESS_LOGS"}}
    return {**resource(DISTRIBUTION), "Source": source}


@pytest.mark.parametrize(
    "good",
    [
        balancer(),
        balancer(bucket={"Ref": "Logs"}),
        bucket({"Ref": "Logs"}),
        resource(BALANCER, Type="gateway"),
        resource("AWS::ApiGateway::Stage", AccessLogSetting={"DestinationArn": {"Fn::GetAtt": ["Logs", "Arn"]}}),
        resource(DISTRIBUTION, DistributionConfig={"Logging": {"Bucket": "logs.s3.amazonaws.com"}}),
        delivered({"Fn::Sub": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${It}"}),
    ],
)
def test_an_access_log_is_kept(good: dict[str, Any]) -> None:
    sections = {"Parameters": {"Logs": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/platform/logs"}}}
    assert ask("E9403", good, **sections) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(BALANCER), "[access_logs.s3.enabled] is not true"),
        (balancer("false"), "[access_logs.s3.enabled] is not true"),
        (balancer({"Ref": "Wanted"}), "[access_logs.s3.enabled] is not true when Wanted=false"),
        (balancer(bucket=""), "[access_logs.s3.bucket] is not set"),
        (bucket(NOTHING), "LoggingConfiguration.DestinationBucketName is not set"),
        (bucket({"Ref": "Free"}), "LoggingConfiguration.DestinationBucketName is not set"),
        (bucket({"Fn::If": ["IsWanted", "logs", NOTHING]}), "DestinationBucketName is not set when Wanted=false"),
        (resource("AWS::ApiGateway::Stage"), "AccessLogSetting.DestinationArn is not set"),
        (resource("AWS::ApiGatewayV2::Stage"), "AccessLogSettings.DestinationArn is not set"),
        (resource(DISTRIBUTION), "DistributionConfig.Logging.Bucket is not set"),
        (delivered("arn:aws:cloudfront::111111111111:distribution/OTHER"), "DistributionConfig.Logging.Bucket is not"),
    ],
)
def test_what_logs_nothing_is_found(bad: dict[str, Any], message: str) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], "Free": {"Type": "String"}}}
    assert any(message in found for found in ask("E9403", bad, **sections))
