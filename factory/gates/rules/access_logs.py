"""House rule: what answers requests logs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factory.gates import settings
from factory.gates.resources import Resource
from factory.gates.settings import anything, exactly

_CDN = "AWS::CloudFront::Distribution"


class AccessLogs(settings.SettingsRule):
    """Load balancers, buckets, stages of APIs and distributions write an access log."""

    id = "E9403"
    shortdesc = "Access logs"
    description = "Without access logs nobody can say which requests an intruder sent, or whose data was read."
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html"
    mend = "Log to Requires(contract.ACCESS_LOG_BUCKET), or to a log group of products.parts.logs."
    controls = (
        "nist-800-53/AU-2",
        "nist-800-53/AU-3",
        "nist-800-53/AU-12",
        "nist-800-53/SI-4(20)",
        "soc2/CC7.2",
        "pci-dss/10.2.1",
        "gdpr/32",
    )
    wanted: ClassVar = {
        "AWS::ApiGateway::Stage": {"AccessLogSetting.DestinationArn": anything()},
        "AWS::ApiGatewayV2::Stage": {"AccessLogSettings.DestinationArn": anything()},
        _CDN: {"DistributionConfig.Logging.Bucket": anything()},
        "AWS::ElasticLoadBalancing::LoadBalancer": {
            "AccessLoggingPolicy.Enabled": exactly(True),
            "AccessLoggingPolicy.S3BucketName": anything(),
        },
        "AWS::ElasticLoadBalancingV2::LoadBalancer": {
            "LoadBalancerAttributes[access_logs.s3.enabled]": exactly(True),
            "LoadBalancerAttributes[access_logs.s3.bucket]": anything(),
        },
        "AWS::S3::Bucket": {"LoggingConfiguration.DestinationBucketName": anything()},
    }

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """A gateway load balancer has no requests; a distribution may log through CloudWatch's delivery instead."""
        if resource.get("Type") == "gateway":
            return {}
        if resource.type == _CDN:
            sources = resource.world.resources("AWS::Logs::DeliverySource")
            if any(resource.is_meant_by(source.get("ResourceArn")) for source in sources):
                return {}
        return super().rows(resource)
