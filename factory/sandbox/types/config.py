"""AWS Config: recorder, delivery channel and rules, which see nothing, and remediations, which are remembered only.

What is checked is what the service refuses: a second recorder or channel in a region, a channel or a rule without a
recorder, a bucket that isn't there (AWS Config API Reference).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.servicecatalog import templates
from factory.sandbox.types.arguments import arguments, truth
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.recorded import recorded
from factory.sandbox.types.refusal import RefusedError

_DEFAULT = "default"
_RECORDER = "AWS::Config::ConfigurationRecorder"
_CHANNEL = "AWS::Config::DeliveryChannel"


def _is_beside(request: Request, kind: str) -> bool:
    """Whether a type is in the stack too: CloudFormation makes and ends recorder and channel side by side."""
    body = request.client("cloudformation").get_template(StackName=request.stack_name)["TemplateBody"]
    template = templates.parse(body) if isinstance(body, str) else body
    return any(item["Type"] == kind for item in template["Resources"].values())


def _recorder(request: Request, physical_id: str | None) -> Made:
    config, properties = request.client("config"), request.properties
    found = [item["name"] for item in config.describe_configuration_recorders()["ConfigurationRecorders"]]
    name = physical_id or properties.get("Name") or _DEFAULT
    if physical_id is None and found:
        message = f"Failed to put configuration recorder '{name}' because the maximum number of customer managed "
        raise RefusedError(f"{message}recorders: 1 is reached.", code="MaxNumberOfConfigurationRecordersExceeded")
    request.client("iam").get_role(RoleName=str(properties["RoleARN"]).rpartition("/")[2])
    put = arguments(config, "PutConfigurationRecorder", {"ConfigurationRecorder": {**properties, "Name": name}})
    config.put_configuration_recorder(**put)
    if physical_id is None and truth(properties.get("StartedOnCreate", True)):
        if not config.describe_delivery_channels()["DeliveryChannels"] and not _is_beside(request, _CHANNEL):
            config.delete_configuration_recorder(ConfigurationRecorderName=name)
            message = "Delivery channel is not available to start configuration recorder."
            raise RefusedError(message, code="NoAvailableDeliveryChannelException")
        config.start_configuration_recorder(ConfigurationRecorderName=name)
    arn = f"arn:aws:config:{request.region}:{request.account}:configuration-recorder/{name}"
    return Made(physical_id=name, attributes={"ResourceARN": arn})


def _delete_recorder(request: Request, physical_id: str) -> None:
    config = request.client("config")
    try:
        config.delete_configuration_recorder(ConfigurationRecorderName=physical_id)
    except config.exceptions.NoSuchConfigurationRecorderException:
        return


def _channel(request: Request, physical_id: str | None) -> Made:
    config, properties = request.client("config"), request.properties
    found = config.describe_delivery_channels()["DeliveryChannels"]
    name = physical_id or properties.get("Name") or _DEFAULT
    if physical_id is None and found:
        message = f"Failed to put delivery channel '{name}' because the maximum number of delivery channels: 1 is "
        raise RefusedError(f"{message}reached.", code="MaxNumberOfDeliveryChannelsExceededException")
    if not config.describe_configuration_recorders()["ConfigurationRecorders"] and not _is_beside(request, _RECORDER):
        message = "Configuration recorder is not available to put delivery channel."
        raise RefusedError(message, code="NoAvailableConfigurationRecorderException")
    bucket = request.client("s3")
    bucket.head_bucket(Bucket=properties["S3BucketName"])
    if _is_locked(bucket, properties["S3BucketName"]):
        message = f"AWS Config does not deliver to the bucket {properties['S3BucketName']}, which has an object lock"
        raise RefusedError(message, code="InsufficientDeliveryPolicyException")
    put = arguments(config, "PutDeliveryChannel", {"DeliveryChannel": {**properties, "Name": name}})
    config.put_delivery_channel(**put)
    return Made(physical_id=name, attributes={})


def _is_locked(s3: Any, bucket: str) -> bool:
    try:
        found = s3.get_object_lock_configuration(Bucket=bucket)
    except s3.exceptions.ClientError:
        return False
    return "Rule" in found.get("ObjectLockConfiguration", {})


def _delete_channel(request: Request, physical_id: str) -> None:
    config = request.client("config")
    if _is_beside(request, _RECORDER):
        for recorder in config.describe_configuration_recorders()["ConfigurationRecorders"]:
            config.stop_configuration_recorder(ConfigurationRecorderName=recorder["name"])
    try:
        config.delete_delivery_channel(DeliveryChannelName=physical_id)
    except config.exceptions.NoSuchDeliveryChannelException:
        return


def _rule(request: Request, physical_id: str | None) -> Made:
    config, properties = request.client("config"), request.properties
    if not config.describe_configuration_recorders()["ConfigurationRecorders"]:
        message = "Configuration recorder is not available to put config rule."
        raise RefusedError(message, code="NoAvailableConfigurationRecorderException")
    name = physical_id or properties.get("ConfigRuleName") or generated_name(request, longest=128)
    config.put_config_rule(**arguments(config, "PutConfigRule", {"ConfigRule": {**properties, "ConfigRuleName": name}}))
    (found,) = config.describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
    return Made(physical_id=name, attributes={"Arn": found["ConfigRuleArn"], "ConfigRuleId": found["ConfigRuleId"]})


def _delete_rule(request: Request, physical_id: str) -> None:
    config = request.client("config")
    try:
        config.delete_config_rule(ConfigRuleName=physical_id)
    except config.exceptions.NoSuchConfigRuleException:
        return


def _remediation(request: Request, physical_id: str | None) -> Made:
    properties = request.properties
    request.client("config").describe_config_rules(ConfigRuleNames=[properties["ConfigRuleName"]])
    if truth(properties.get("Automatic", False)) and not (
        "MaximumAutomaticAttempts" in properties and "RetryAttemptSeconds" in properties
    ):
        message = "MaximumAutomaticAttempts and RetryAttemptSeconds are required for automatic remediation"
        raise RefusedError(message, code="InvalidParameterValueException")
    return Made(physical_id=physical_id or str(properties["ConfigRuleName"]), attributes={})


def _backed(name: str, put: Any, delete: Any, *, dropped: tuple[str, ...] = ()) -> ResourceType:
    """A type whose service makes and changes its resources by one and the same call."""

    def create(request: Request) -> Made:
        made: Made = put(request, None)
        return made

    def update(request: Request, physical_id: str, _old: Mapping[str, Any]) -> Made:
        made: Made = put(request, physical_id)
        return made

    fidelity = Fidelity.PARTIAL if dropped else Fidelity.REAL
    return ResourceType(name=name, fidelity=fidelity, create=create, update=update, delete=delete, dropped=dropped)


TYPES = (
    _backed(_RECORDER, _recorder, _delete_recorder),
    _backed(_CHANNEL, _channel, _delete_channel),
    _backed("AWS::Config::ConfigRule", _rule, _delete_rule, dropped=("Compliance",)),
    recorded("AWS::Config::RemediationConfiguration", _remediation),
)
