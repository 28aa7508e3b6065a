"""Stack sets, their instances and operations as the API shows them. Members that are None are left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.stack_sets.state import (
    Instance,
    InstanceStatus,
    Operation,
    PermissionModel,
    Result,
    ResultStatus,
    StackSet,
    State,
    Target,
)


def status(found: StackSet) -> str:
    """ACTIVE or DELETED."""
    return "DELETED" if found.deleted else "ACTIVE"


def stack_set_summary(found: StackSet) -> dict[str, Any]:
    """StackSetSummary."""
    deployment = found.auto_deployment
    return {
        "StackSetName": found.name,
        "StackSetId": found.id,
        "Description": found.description,
        "Status": status(found),
        "AutoDeployment": deployment
        and {
            "Enabled": deployment.enabled,
            "RetainStacksOnAccountRemoval": deployment.retain_stacks if deployment.enabled else None,
        },
        "PermissionModel": found.permission_model.value,
        "DriftStatus": "NOT_CHECKED",
        "ManagedExecution": {"Active": found.managed_execution},
    }


def stack_set(found: StackSet, state: State) -> dict[str, Any]:
    """StackSet."""
    summary = {name: value for name, value in stack_set_summary(found).items() if name != "DriftStatus"}
    managed = found.permission_model is PermissionModel.SERVICE_MANAGED
    return summary | {
        "TemplateBody": found.template,
        "Parameters": _parameters(found.parameters),
        "Capabilities": list(found.capabilities),
        "Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()],
        "StackSetARN": found.arn,
        "AdministrationRoleARN": found.administration_role_arn or None,
        "ExecutionRoleName": found.execution_role_name or None,
        "StackSetDriftDetectionDetails": {
            "DriftStatus": "NOT_CHECKED",
            "TotalStackInstancesCount": len(state.instances_of(found)),
            "DriftedStackInstancesCount": 0,
            "InSyncStackInstancesCount": 0,
            "InProgressStackInstancesCount": 0,
            "FailedStackInstancesCount": 0,
        },
        "OrganizationalUnitIds": list(found.organizational_units) if managed else None,
        "Regions": sorted({instance.region for instance in state.instances_of(found)}),
    }


def instance_summary(found: Instance) -> dict[str, Any]:
    """StackInstanceSummary."""
    return {
        "StackSetId": found.stack_set_id,
        "Region": found.region,
        "Account": found.account,
        "StackId": found.stack_id,
        "Status": found.status.value,
        "StatusReason": found.reason,
        "StackInstanceStatus": {"DetailedStatus": _detail(found)},
        "OrganizationalUnitId": found.organizational_unit,
        "DriftStatus": "NOT_CHECKED",
        "LastOperationId": found.last_operation_id,
    }


def instance(found: Instance) -> dict[str, Any]:
    """StackInstance."""
    return instance_summary(found) | {"ParameterOverrides": _parameters(found.overrides)}


def filtered(found: Instance, name: str) -> str:
    """What a filter of ListStackInstances compares."""
    return {
        "Account": found.account,
        "Region": found.region,
        "DETAILED_STATUS": _detail(found),
        "LAST_OPERATION_ID": found.last_operation_id,
        "DRIFT_STATUS": "NOT_CHECKED",
    }[name]


def operation_summary(found: Operation, state: State) -> dict[str, Any]:
    """StackSetOperationSummary."""
    failed = [result for result in state.results_of(found).values() if result.status is ResultStatus.FAILED]
    return {
        "OperationId": found.id,
        "Action": found.action.value,
        "Status": found.status.value,
        "CreationTimestamp": found.created,
        "EndTimestamp": found.ended,
        "StatusDetails": {"FailedStackInstancesCount": len(failed)},
        "OperationPreferences": dict(found.preferences),
    }


def operation(found: Operation, state: State) -> dict[str, Any]:
    """StackSetOperation."""
    return operation_summary(found, state) | {
        "StackSetId": found.stack_set_id,
        "RetainStacks": found.retain_stacks,
        "AdministrationRoleARN": found.administration_role_arn or None,
        "ExecutionRoleName": found.execution_role_name or None,
        "DeploymentTargets": found.targets,
    }


def result(target: Target, found: Result) -> dict[str, Any]:
    """StackSetOperationResultSummary."""
    gate = found.gate and {"Status": found.gate[0], "StatusReason": found.gate[1] or None}
    return {
        "Account": target.account,
        "Region": target.region,
        "Status": found.status.value,
        "StatusReason": found.reason,
        "AccountGateResult": gate,
        "OrganizationalUnitId": found.organizational_unit,
    }


def _detail(found: Instance) -> str:
    """The detailed status, which says INOPERABLE for as long as the instance is."""
    inoperable = found.status is InstanceStatus.INOPERABLE and found.detail is ResultStatus.FAILED
    return "INOPERABLE" if inoperable else found.detail.value


def _parameters(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
