"""Where ministack itself is set right: each function puts one private function of it in order."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from factory.authoring.physical_names import NAMED
from factory.sandbox.emulator.configurations import end_recorders_and_channels
from factory.sandbox.emulator.custom_resources import queue_requests
from factory.sandbox.emulator.imports import import_bucket_policies
from factory.sandbox.stacks.values import Setting, Values

_RANDOM_CHARACTERS = 12


def correct() -> None:
    """Make every correction; to be called once."""
    open_buckets_to_other_accounts()
    leave_patterns_of_stored_parameters()
    evaluate_conditions_in_full()
    describe_stacks_in_full()
    protect_exports()
    queue_requests()
    keep_metric_math()
    name_as_cloudformation_does()
    tell_permissions_boundaries()
    ask_for_changes_of_resources()
    keep_new_buckets_private()
    import_bucket_policies()
    end_recorders_and_channels()


def open_buckets_to_other_accounts() -> None:
    """Let templates and Lambda code be read from another account's bucket, as that bucket's policy says.

    Over HTTP ministack treats bucket names as global; inside it looks into the caller's own account only.
    """
    from ministack.core.responses import get_account_id, get_region, request_scope
    from ministack.services import s3

    own_object, own_region = s3._get_object_data, s3.bucket_region

    def get_object_data(bucket: str, key: str, version_id: str | None = None) -> bytes | None:
        owner, caller = s3._bucket_owner_account(bucket), get_account_id()
        query = {"versionId": [version_id]} if version_id else {}
        if owner not in (None, caller) and not s3._foreign_bucket_allows(owner, bucket, key, "GET", query, caller):
            return None
        with request_scope(owner or caller, get_region()):
            data: bytes | None = own_object(bucket, key, version_id)
            return data

    def bucket_region(bucket: str) -> str | None:
        with request_scope(s3._bucket_owner_account(bucket) or get_account_id(), get_region()):
            region: str | None = own_region(bucket)
            return region

    s3._get_object_data = get_object_data
    s3.bucket_region = bucket_region


def leave_patterns_of_stored_parameters() -> None:
    """Don't hold the value of a Systems Manager parameter against a pattern: it is meant for the parameter's name."""
    from ministack.services.cloudformation import engine

    check = engine._check_parameter_constraints

    def check_parameter_constraints(name: str, definition: dict[str, Any], kind: str, value: str) -> None:
        if not kind.startswith("AWS::SSM::Parameter::Value<"):
            check(name, definition, kind, value)

    engine._check_parameter_constraints = check_parameter_constraints


def evaluate_conditions_in_full() -> None:
    """Work out every function that CloudFormation allows in conditions, `Fn::FindInMap` and pseudo parameters included.

    ministack knows the logical ones, `Ref` to a parameter and `Fn::Select`; anything else it compares as it stands.
    """
    from ministack.core.responses import get_account_id, get_region
    from ministack.services.cloudformation import changesets, engine, handlers, stacks

    def evaluate_conditions(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, bool]:
        given = {name: str(parameter["Value"]) for name, parameter in parameters.items()}
        setting = Setting(parameters=given, stack_name="", account=get_account_id(), region=get_region())
        values = Values(template, setting)
        return {name: values.holds(name) for name in template.get("Conditions") or {}}

    # Each module looks the name up at home; what imports it late takes the engine's.
    for module in (engine, handlers, stacks, changesets):
        module._evaluate_conditions = evaluate_conditions


def describe_stacks_in_full() -> None:
    """Let DescribeStacks tell parameters of Systems Manager from their values, and inner stacks from their outer ones.

    Such a parameter is given by its name, and its value beside it (`ResolvedValue`): ministack knows both, and gives
    the value in place of the name. `ParentId` and `RootId` are given once an inner stack is complete.
    """
    from defusedxml.ElementTree import fromstring
    from ministack.services import cloudformation
    from ministack.services.cloudformation import handlers
    from ministack.services.cloudformation.helpers import CFN_NS

    describe = handlers._ACTION_HANDLERS["DescribeStacks"]
    space = {"": CFN_NS}

    def describe_stacks(params: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = describe(params)
        answer = fromstring(body)
        stacks = list(cloudformation._stacks.values())
        records = {record["StackId"]: record["_resolved_params"] for record in stacks}
        outer = {
            made["PhysicalResourceId"]: record["StackId"]
            for record in stacks
            for made in record["_resources"].values()
            if made["ResourceType"] == "AWS::CloudFormation::Stack"
        }
        for stack in answer.iterfind(".//Stacks/member", space):
            if parent := outer.get(stack.findtext("StackId", "", space)):
                ElementTree.SubElement(stack, f"{{{CFN_NS}}}ParentId").text = parent
                root = parent
                while root in outer:
                    root = outer[root]
                ElementTree.SubElement(stack, f"{{{CFN_NS}}}RootId").text = root
            known = records.get(stack.findtext("StackId", "", space), {})
            for parameter in stack.iterfind("Parameters/member", space):
                stored = known.get(parameter.findtext("ParameterKey", "", space), {}).get("SsmName")
                value = parameter.find("ParameterValue", space)
                if stored and value is not None:
                    ElementTree.SubElement(parameter, f"{{{CFN_NS}}}ResolvedValue").text = value.text
                    value.text = stored
        ElementTree.register_namespace("", CFN_NS)
        return status, headers, ElementTree.tostring(answer, encoding="utf-8", xml_declaration=True)

    handlers._ACTION_HANDLERS["DescribeStacks"] = describe_stacks


def protect_exports() -> None:
    """Let an update fail that changes or drops an export in use, and every operation that exports a taken name.

    ministack looks only when the exporting stack is deleted.
    """
    from ministack.services import cloudformation
    from ministack.services.cloudformation import handlers, stacks

    resolve = stacks._resolve_stack_outputs

    def users(export: str) -> list[str]:
        return sorted(
            name
            for name, stack in cloudformation._stacks.items()
            if stack["StackStatus"] != "DELETE_COMPLETE" and export in handlers._imported_export_names(stack, name)
        )

    def resolve_stack_outputs(*given: Any) -> tuple[list[Any], dict[str, Any]]:
        outputs, exports = resolve(*given)
        stack_id = given[-1]
        for name, before in list(cloudformation._exports.items()):
            now = exports.get(name)
            if before["StackId"] != stack_id:
                if now is not None:
                    owner = before["StackId"].split("/")[1]
                    raise ValueError(f"Export with name {name} is already exported by stack {owner}")
            elif (now is None or now["Value"] != before["Value"]) and (found := users(name)):
                verb = "deleted" if now is None else "updated"
                raise ValueError(f"Export {name} cannot be {verb} as it is in use by {', '.join(found)}")
        return outputs, exports

    stacks._resolve_stack_outputs = resolve_stack_outputs


def keep_metric_math() -> None:
    """Let an alarm keep the metrics that it computes with; ministack forgets them. The alarm is never evaluated.

    The query protocol doesn't show them: no current SDK uses it for CloudWatch.
    """
    from ministack.services import cloudwatch

    put = cloudwatch._put_metric_alarm

    def put_metric_alarm(form: Any, given: dict[str, Any], is_cbor: bool, is_json: bool = False) -> Any:
        answer = put(form, given, is_cbor, is_json)
        name = (given or {}).get("AlarmName", "")
        alarm = cloudwatch._alarms.get(name)
        kept = {key: given[key] for key in ("Metrics", "ThresholdMetricId") if key in (given or {})}
        if alarm is not None and kept:
            for measured in ("MetricName", "Namespace", "Statistic", "Period", "Dimensions"):
                alarm.pop(measured, None)
            alarm.update(kept)
        return answer

    cloudwatch._put_metric_alarm = put_metric_alarm


def name_as_cloudformation_does() -> None:
    """Give load balancers, target groups and log groups that the template leaves without a name one in AWS's form.

    ministack's begin otherwise than the stack's name does, or with more of it, and policies hold resources by that.
    """
    from ministack.services.cloudformation import provisioners

    for kind in (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::Logs::LogGroup",
    ):
        _name(provisioners, kind)


def _name(provisioners: Any, kind: str) -> None:
    named, handlers = NAMED[kind], provisioners._RESOURCE_HANDLERS[kind]
    own_create, own_update = handlers["create"], handlers["update"]

    def with_name(properties: dict[str, Any], stack: str, logical_id: str) -> dict[str, Any]:
        # ministack's random part stays the same until the resource is replaced.
        random = provisioners._physical_name(stack, logical_id)[-_RANDOM_CHARACTERS:]
        return {named.property: named.generated(stack, logical_id, random), **properties}

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        return own_create(logical_id, with_name(properties, stack, logical_id), stack)

    def update(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], stack: str, logical_id: str | None = None
    ) -> Any:
        return own_update(physical_id, old, with_name(new, stack, logical_id or physical_id), stack, logical_id)

    provisioners._RESOURCE_HANDLERS[kind] = {**handlers, "create": create, "update": update}


def tell_permissions_boundaries() -> None:
    """Let GetAccountAuthorizationDetails tell the boundaries of roles and users; ministack leaves them out there."""
    from defusedxml.ElementTree import fromstring
    from ministack.services import iam

    describe = iam._IAM_HANDLERS["GetAccountAuthorizationDetails"]

    def get_account_authorization_details(params: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = describe(params)
        answer = fromstring(body)
        space = answer.tag.rpartition("}")[0].removeprefix("{")
        for kind, records in (("Role", iam._roles), ("User", iam._users)):
            for member in answer.iterfind(f".//{{{space}}}{kind}DetailList/{{{space}}}member"):
                record = records.get(member.findtext(f"{{{space}}}{kind}Name", ""), {})
                if arn := record.get("PermissionsBoundary"):
                    boundary = ElementTree.SubElement(member, f"{{{space}}}PermissionsBoundary")
                    ElementTree.SubElement(boundary, f"{{{space}}}PermissionsBoundaryType").text = "Policy"
                    ElementTree.SubElement(boundary, f"{{{space}}}PermissionsBoundaryArn").text = arn
        ElementTree.register_namespace("", space)
        return status, headers, ElementTree.tostring(answer, encoding="utf-8", xml_declaration=True)

    iam._IAM_HANDLERS["GetAccountAuthorizationDetails"] = get_account_authorization_details


def ask_for_changes_of_resources() -> None:
    """Refuse an update that changes nothing but what no template can change by itself.

    Source: AWS CloudFormation User Guide, on the template sections `Description` and `Metadata`.
    """
    from ministack.services.cloudformation import handlers

    has_no_updates = handlers._stack_has_no_updates
    sections = ("Description", "Metadata")

    def stack_has_no_updates(stack: dict[str, Any], template: dict[str, Any], *given: Any) -> bool:
        kept = {name: value for name, value in (stack.get("_template") or {}).items() if name in sections}
        changed = {name: value for name, value in template.items() if name not in sections}
        return bool(has_no_updates(stack, {**kept, **changed}, *given))

    handlers._stack_has_no_updates = stack_has_no_updates


def keep_new_buckets_private() -> None:
    """Let new buckets block public access until they are told otherwise.

    ministack does so only where it checks permissions by itself. Source: Amazon S3 User Guide, "Blocking public access
    to your Amazon S3 storage".
    """
    from ministack.services import s3

    s3._new_bucket_public_access_block = lambda: {"_public_access_block": s3._NEW_BUCKET_PUBLIC_ACCESS_BLOCK}
