"""AWS Lambda: what the emulator's functions lose of their template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.plugin import Fill, Request

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


FILLS = (Fill(name="AWS::Lambda::Function", apply=_fill_function),)
