"""House rule: managed services write their logs where they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factory.gates import settings
from factory.gates.resources import Resource
from factory.gates.settings import Wanted, anything, exactly, if_set, is_on, one_of

_EXPORTS = {"EnableCloudwatchLogsExports": anything()}
_BOTH_LOGS = Wanted(
    text="both slow-log and engine-log",
    admits=lambda found: (
        isinstance(found, list)
        and {"slow-log", "engine-log"} <= {item.get("LogType") for item in found if isinstance(item, dict)}
    ),
)
_SOME_LOG_IS_ON = Wanted(
    text="on for some destination",
    admits=lambda found: (
        isinstance(found, dict)
        and any(isinstance(target, dict) and is_on(target.get("Enabled")) for target in found.values())
    ),
)


class ServiceLogs(settings.SettingsRule):
    """Databases, caches, brokers, search domains, APIs, workflows, builds and VPN endpoints write their logs."""

    id = "E9405"
    shortdesc = "Logs of managed services"
    description = "What a managed service does not export is lost: failed logins, slow queries and errors among it."
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.html"
    mend = "Switch the export on, to a log group of products.parts.logs where the service takes one."
    controls = (
        "nist-800-53/AU-2",
        "nist-800-53/AU-3",
        "nist-800-53/AU-12",
        "nist-800-53/SI-4(20)",
        "soc2/CC7.2",
        "pci-dss/10.2.1",
    )
    wanted: ClassVar = {
        "AWS::AmazonMQ::Broker": {"Logs.General": exactly(True)},
        "AWS::AppSync::GraphQLApi": {
            "LogConfig.CloudWatchLogsRoleArn": anything(),
            "LogConfig.FieldLogLevel": one_of("ERROR", "INFO", "DEBUG", "ALL"),
        },
        "AWS::CodeBuild::Project": {
            "LogsConfig.CloudWatchLogs.Status": if_set(exactly("ENABLED")),
        },
        "AWS::DocDB::DBCluster": _EXPORTS,
        "AWS::EC2::ClientVpnEndpoint": {
            "ConnectionLogOptions.Enabled": exactly(True),
            "ConnectionLogOptions.CloudwatchLogGroup": anything(),
        },
        "AWS::EKS::Cluster": {"Logging.ClusterLogging.EnabledTypes": anything()},
        "AWS::ElastiCache::ReplicationGroup": {"LogDeliveryConfigurations": _BOTH_LOGS},
        "AWS::MSK::Cluster": {"LoggingInfo.BrokerLogs": _SOME_LOG_IS_ON},
        "AWS::Neptune::DBCluster": _EXPORTS,
        "AWS::OpenSearchService::Domain": {
            "LogPublishingOptions.AUDIT_LOGS.Enabled": exactly(True),
            "LogPublishingOptions.ES_APPLICATION_LOGS.Enabled": exactly(True),
        },
        "AWS::RDS::DBCluster": _EXPORTS,
        "AWS::RDS::DBInstance": _EXPORTS,
        "AWS::Redshift::Cluster": {"LoggingProperties": anything()},
        "AWS::RedshiftServerless::Namespace": {"LogExports": anything()},
        "AWS::StepFunctions::StateMachine": {
            "LoggingConfiguration.Level": one_of("ALL", "ERROR", "FATAL"),
            "LoggingConfiguration.Destinations": anything(),
        },
        "AWS::Transfer::Server": {"StructuredLogDestinations": anything()},
    }

    def rows(self, resource: Resource) -> Mapping[str, Wanted]:
        """The members of an Aurora cluster log as their cluster says."""
        if resource.type == "AWS::RDS::DBInstance" and resource.get("DBClusterIdentifier") is not None:
            return {}
        return super().rows(resource)
