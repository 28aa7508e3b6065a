"""Operations on stack sets: described, listed with their results, and stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.stack_sets import views
from factory.sandbox.stack_sets.errors import invalid_operation, operation_not_found
from factory.sandbox.stack_sets.request import Request
from factory.sandbox.stack_sets.runs import ACTIVE
from factory.sandbox.stack_sets.state import Operation, OperationKey, OperationStatus


def describe(request: Request) -> Mapping[str, Any]:
    """DescribeStackSetOperation."""
    return {"StackSetOperation": views.operation(_find(request), request.state)}


def list_all(request: Request) -> Mapping[str, Any]:
    """ListStackSetOperations, newest first."""
    found = request.state.operations_of(request.stack_set())
    shown, token = page(found, request.paging(), request.operation)
    return {
        "Summaries": [views.operation_summary(operation, request.state) for operation in shown],
        "NextToken": token,
    }


def list_results(request: Request) -> Mapping[str, Any]:
    """ListStackSetOperationResults, all or those of a status."""
    wanted = {item.get("Values") for item in request.parameters.get("Filters", [])}
    results = request.state.results_of(_find(request)).items()
    found = [(target, result) for target, result in results if not wanted or result.status in wanted]
    shown, token = page(found, request.paging(), request.operation)
    return {"Summaries": [views.result(target, result) for target, result in shown], "NextToken": token}


def stop(request: Request) -> Mapping[str, Any]:
    """StopStackSetOperation: what has not begun is cancelled, what is under way comes to its end."""
    found = _find(request)
    if found.status not in ACTIVE:
        raise invalid_operation(f"Operation {found.id} is not in progress: it is {found.status}")
    request.state.operations[found.key] = replace(found, status=OperationStatus.STOPPING)
    return {}


def _find(request: Request) -> Operation:
    identifier = request.parameters["OperationId"]
    found = request.state.operations.get(OperationKey(request.stack_set().id, identifier))
    if found is None:
        raise operation_not_found(identifier)
    return found
