"""The queue before the functions of custom resources, which ministack does not have."""

from __future__ import annotations

import time
from contextvars import ContextVar
from typing import Any

# Of the queue of asynchronous calls, and CloudFormation's own for a custom resource.
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 3600.0


def queue_requests() -> None:
    """Ask a custom resource's function again while as many of its executions run as are reserved for it.

    CloudFormation calls it asynchronously, and the queue of such calls tries again what was throttled; ministack drops
    the request, and waits for an answer that nobody is going to give.
    Source: AWS Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation".
    """
    from ministack.services import lambda_svc
    from ministack.services.cloudformation import custom_resource

    invoke, execute = custom_resource.invoke_custom_resource, lambda_svc._execute_function_with_config_scope
    asked_until: ContextVar[float | None] = ContextVar("asked_until", default=None)

    def invoke_custom_resource(kind: str, logical_id: str, properties: dict[str, Any], *rest: Any, **named: Any) -> Any:
        patience = float(properties.get("ServiceTimeout") or _LONGEST_WAIT_SECONDS)
        token = asked_until.set(time.monotonic() + patience)
        try:
            return invoke(kind, logical_id, properties, *rest, **named)
        finally:
            asked_until.reset(token)

    def execute_function(function: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        pause, until = _FIRST_PAUSE_SECONDS, asked_until.get()
        result: dict[str, Any] = execute(function, event)
        while result.get("throttle") and until is not None and time.monotonic() + pause < until:
            time.sleep(pause)
            pause *= 2
            result = execute(function, event)
        return result

    custom_resource.invoke_custom_resource = invoke_custom_resource
    lambda_svc._execute_function_with_config_scope = execute_function
