"""Refusals of stack set operations; the model gives each code its HTTP status."""

from __future__ import annotations

from factory.sandbox.servicecatalog.errors import ServiceError


def invalid(message: str) -> ServiceError:
    """Something about the request is wrong."""
    return ServiceError("ValidationError", message)


def invalid_operation(message: str) -> ServiceError:
    """The operation cannot be carried out on this stack set, or by this account."""
    return ServiceError("InvalidOperationException", message)


def stack_set_not_found(name: str) -> ServiceError:
    """The stack set does not exist."""
    return ServiceError("StackSetNotFoundException", f"StackSet {name} not found", status=404)


def instance_not_found(stack_set: str, account: str, region: str) -> ServiceError:
    """The stack set has no instance in that account and region."""
    return ServiceError(
        "StackInstanceNotFoundException",
        f"Stack instance not found for StackSet: {stack_set}, account: {account}, region: {region}",
        status=404,
    )


def operation_not_found(identifier: str) -> ServiceError:
    """The stack set has had no such operation."""
    return ServiceError("OperationNotFoundException", f"Operation {identifier} not found", status=404)


def conflict(code: str, message: str) -> ServiceError:
    """The stack set is not in a state for it."""
    return ServiceError(code, message, status=409)
