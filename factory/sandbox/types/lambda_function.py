"""AWS Lambda: what the emulator's functions and event source mappings lose of their template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments, truth
from factory.sandbox.types.plugin import Fill, Request
from factory.sandbox.types.tags import tag_changes

# Settings of UpdateFunctionConfiguration, with what takes each back.
_SETTINGS: dict[str, Any] = {
    "DeadLetterConfig": {"TargetArn": ""},
    "KmsKeyArn": "",
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}


def _fill_function(request: Request, name: str, old: Mapping[str, Any]) -> None:
    client = request.client("lambda")
    new = request.properties
    changed = {key: new.get(key, empty) for key, empty in _SETTINGS.items() if new.get(key) != old.get(key)}
    if changed:
        given = arguments(client, "UpdateFunctionConfiguration", {**changed, "FunctionName": name})
        client.update_function_configuration(**given)
    reserved = new.get("ReservedConcurrentExecutions")
    if reserved == old.get("ReservedConcurrentExecutions"):
        return
    if reserved is None:
        client.delete_function_concurrency(FunctionName=name)
    else:
        client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=int(reserved))


def _fill_mapping(request: Request, uuid: str, old: Mapping[str, Any]) -> None:
    """Tag a mapping, and switch it off if it is to be off: the emulator switches every new one on."""
    client = request.client("lambda")
    enabled = truth(request.properties.get("Enabled", True))
    if enabled != truth(old.get("Enabled", True)):
        client.update_event_source_mapping(UUID=uuid, Enabled=enabled)
    arn = f"arn:aws:lambda:{request.region}:{request.account}:event-source-mapping:{uuid}"
    gone, tags = tag_changes(old, request.properties)
    if gone:
        client.untag_resource(Resource=arn, TagKeys=gone)
    if tags:
        client.tag_resource(Resource=arn, Tags={tag["Key"]: tag["Value"] for tag in tags})


FILLS = (
    Fill(name="AWS::Lambda::EventSourceMapping", apply=_fill_mapping, tagged=True),
    Fill(name="AWS::Lambda::Function", apply=_fill_function),
)
