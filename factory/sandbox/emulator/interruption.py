"""Stacks under way when the sandbox stops: what does not end in time counts as failed, and can be mended or deleted."""

from __future__ import annotations

from typing import Any

REASON = "The sandbox was stopped while this was under way."

# A stack in one of these is not worked on.
_IDLE = frozenset({"REVIEW_IN_PROGRESS"})
_FAILED = {
    "CREATE_IN_PROGRESS": "CREATE_FAILED",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
    "IMPORT_IN_PROGRESS": "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_IN_PROGRESS": "IMPORT_ROLLBACK_FAILED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "UPDATE_IN_PROGRESS": "UPDATE_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
}


def under_way() -> bool:
    """Tell whether a stack of any account is being worked on."""
    return any(_is_under_way(stack) for stack in _stacks().values())


def interrupt() -> None:
    """Let every stack under way have failed, with an event that says why."""
    from ministack.core.responses import request_scope
    from ministack.services.cloudformation.stacks import _add_event

    for (account, region, name), stack in _stacks().items():
        if not _is_under_way(stack):
            continue
        with request_scope(account, region):
            for logical_id, resource in stack.get("_resources", {}).items():
                status = resource.get("ResourceStatus", "")
                if status.endswith("_IN_PROGRESS"):
                    resource["ResourceStatus"] = status.replace("_IN_PROGRESS", "_FAILED")
                    resource["ResourceStatusReason"] = REASON
                    _add_event(
                        stack["StackId"],
                        name,
                        logical_id,
                        resource.get("ResourceType", ""),
                        resource["ResourceStatus"],
                        REASON,
                        resource.get("PhysicalResourceId", ""),
                    )
            stack["StackStatus"] = _FAILED.get(stack["StackStatus"], "UPDATE_FAILED")
            stack["StackStatusReason"] = REASON
            _add_event(
                stack["StackId"],
                name,
                name,
                "AWS::CloudFormation::Stack",
                stack["StackStatus"],
                REASON,
                stack["StackId"],
            )


def _is_under_way(stack: dict[str, Any]) -> bool:
    status = stack["StackStatus"]
    return bool(status.endswith("_IN_PROGRESS")) and status not in _IDLE


def _stacks() -> dict[tuple[str, str, str], dict[str, Any]]:
    from ministack.services import cloudformation

    return dict(cloudformation._stacks._data)
