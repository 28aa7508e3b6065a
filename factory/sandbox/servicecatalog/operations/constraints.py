"""Constraints between a portfolio and a product."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.servicecatalog import identifiers, templates, views
from factory.sandbox.servicecatalog.endpoint import account_credentials
from factory.sandbox.servicecatalog.errors import duplicate, invalid, limit_exceeded, not_found
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Constraint, ConstraintType, Region, VersionStatus
from factory.sandbox.servicecatalog.visibility import owned_portfolio, require_placed, seen_portfolio

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_CONSTRAINTS = 100
_MAX_NOTIFICATION_ARNS = 5

_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_ROLE_ARN = re.compile(r"arn:aws:iam::(?P<account>\d{12}):role/(?:.+/)?(?P<name>[\w+=,.@-]{1,64})")
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}")
_TOPIC_ARN = re.compile(r"arn:aws:sns:[a-z0-9-]+:\d{12}:[\w.-]{1,256}")
_ONE_OF_A_KIND = frozenset({ConstraintType.LAUNCH, ConstraintType.RESOURCE_UPDATE, ConstraintType.STACKSET})
_LAUNCHING = frozenset({ConstraintType.LAUNCH, ConstraintType.STACKSET})


@operation("CreateConstraint", token="IdempotencyToken")  # noqa: S106
def create_constraint(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Put a constraint between a portfolio and a product in it."""
    region = request.region
    portfolio = owned_portfolio(region, parameters["PortfolioId"], request.account)
    require_placed(region, portfolio.id, parameters["ProductId"])
    kind = _kind(parameters["Type"])
    given = parameters["Parameters"]
    _refuse_conflicts(region.constraints_on(portfolio.id, parameters["ProductId"]), kind, given)
    description = _checked(request, kind, given)
    constraint = Constraint(
        id=identifiers.new("cons"),
        account=request.account,
        portfolio_id=portfolio.id,
        product_id=parameters["ProductId"],
        type=kind,
        parameters=given,
        description=parameters.get("Description", description),
        settles=request.now + request.delays.constraint_seconds,
    )
    region.constraints[constraint.id] = constraint
    return _answer(request, constraint)


@operation("DescribeConstraint")
def describe_constraint(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a constraint of the account."""
    return _answer(request, _owned(request, parameters["Id"]))


@operation("UpdateConstraint")
def update_constraint(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Change a constraint's parameters or description, never its type."""
    current = _owned(request, parameters["Id"])
    given = parameters.get("Parameters", current.parameters)
    description = _checked(request, current.type, given) if "Parameters" in parameters else current.description
    constraint = replace(
        current,
        parameters=given,
        description=parameters.get("Description", description),
        settles=request.now + request.delays.constraint_seconds,
    )
    request.region.constraints[constraint.id] = constraint
    return _answer(request, constraint)


@operation("DeleteConstraint")
def delete_constraint(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a constraint of the account."""
    del request.region.constraints[_owned(request, parameters["Id"]).id]
    return {}


@operation("ListConstraintsForPortfolio")
def list_constraints_for_portfolio(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The constraints of an own or imported portfolio, of one product if it is named."""
    region: Region = request.region
    portfolio = seen_portfolio(region, parameters["PortfolioId"], request.account, request.now)
    product_id = parameters.get("ProductId")
    if product_id is not None:
        require_placed(region, portfolio.id, product_id)
    constraints = [
        constraint
        for constraint in region.constraints.values()
        if constraint.portfolio_id == portfolio.id and product_id in (None, constraint.product_id)
    ]
    shown, token = page(constraints, parameters, request.operation)
    return {
        "ConstraintDetails": [views.constraint_detail(constraint) for constraint in shown],
        "NextPageToken": token,
    }


def _owned(request: Request, identifier: str) -> Constraint:
    constraint = request.region.constraints.get(identifier)
    if constraint is None or constraint.account != request.account:
        raise not_found(f"Constraint {identifier} does not exist or access was denied.")
    return constraint


def _kind(name: str) -> ConstraintType:
    try:
        return ConstraintType(name)
    except ValueError as error:
        raise invalid(f"{name} is not a type of constraint: {', '.join(ConstraintType)}.") from error


def _refuse_conflicts(existing: list[Constraint], kind: ConstraintType, given: str) -> None:
    if len(existing) >= _MAX_CONSTRAINTS:
        raise limit_exceeded(f"A product can have at most {_MAX_CONSTRAINTS} constraints in a portfolio.")
    kinds = {constraint.type for constraint in existing}
    if kind in _ONE_OF_A_KIND and kind in kinds:
        raise duplicate(f"A {kind} constraint exists already for this product and portfolio.")
    if kind in _LAUNCHING and kinds & _LAUNCHING:
        raise invalid("A product and portfolio cannot have both a LAUNCH and a STACKSET constraint.")
    if any(constraint.type is kind and constraint.parameters == given for constraint in existing):
        raise duplicate(f"The same {kind} constraint exists already for this product and portfolio.")


def _checked(request: Request, kind: ConstraintType, given: str) -> str:
    """The description that a constraint gets by itself. Raises InvalidParametersException for wrong parameters."""
    if kind is ConstraintType.TEMPLATE:
        templates.rules_of(given)
        return ""
    try:
        parameters = json.loads(given)
    except ValueError as error:
        raise invalid("Constraint parameters must be JSON.") from error
    if not isinstance(parameters, dict):
        raise invalid("Constraint parameters must be a JSON object.")
    if kind is ConstraintType.LAUNCH:
        return _checked_launch(request, parameters)
    if kind is ConstraintType.NOTIFICATION:
        _check_notification(parameters)
    elif kind is ConstraintType.RESOURCE_UPDATE:
        _check_resource_update(parameters)
    else:
        _check_stack_set(parameters)
    return ""


def _checked_launch(request: Request, parameters: Mapping[str, Any]) -> str:
    if set(parameters) == {"LocalRoleName"}:
        name = parameters["LocalRoleName"]
        if not isinstance(name, str) or not _ROLE_NAME.fullmatch(name):
            raise invalid("LocalRoleName must be the name of a role.")
        _require_role(request, request.account, name)
        return f"Launch as local role {name}"
    if set(parameters) == {"RoleArn"}:
        arn = _ROLE_ARN.fullmatch(str(parameters["RoleArn"]))
        if arn is None:
            raise invalid("RoleArn must be the ARN of a role.")
        _require_role(request, arn["account"], arn["name"])
        return f"Launch as {arn[0]}"
    raise invalid("A LAUNCH constraint must have either RoleArn or LocalRoleName, and nothing else.")


def _require_role(request: Request, account: str, name: str) -> None:
    iam = request.endpoint.client("iam", account_credentials(account), request.region.name)
    try:
        iam.get_role(RoleName=name)
    except ClientError as error:
        raise invalid(f"Role {name} in account {account}: profile does not exist") from error


def _check_notification(parameters: Mapping[str, Any]) -> None:
    arns = parameters.get("NotificationArns")
    if not isinstance(arns, list) or not 1 <= len(arns) <= _MAX_NOTIFICATION_ARNS or len(parameters) != 1:
        raise invalid(f"NotificationArns must hold 1 to {_MAX_NOTIFICATION_ARNS} topic ARNs.")
    if not all(isinstance(arn, str) and _TOPIC_ARN.fullmatch(arn) for arn in arns):
        raise invalid("NotificationArns must be ARNs of SNS topics.")


def _check_resource_update(parameters: Mapping[str, Any]) -> None:
    properties = parameters.get("Properties")
    allowed = properties.get("TagUpdateOnProvisionedProduct") if isinstance(properties, dict) else None
    if parameters.get("Version") != "2.0" or allowed not in ("ALLOWED", "NOT_ALLOWED"):
        raise invalid(
            'A RESOURCE_UPDATE constraint must be {"Version": "2.0", "Properties": '
            '{"TagUpdateOnProvisionedProduct": "ALLOWED" or "NOT_ALLOWED"}}.'
        )


def _check_stack_set(parameters: Mapping[str, Any]) -> None:
    properties = parameters.get("Properties")
    wanted = ("AccountList", "RegionList", "AdminRole", "ExecutionRole")
    if "Version" not in parameters or not isinstance(properties, dict) or not all(map(properties.get, wanted)):
        raise invalid(f"A STACKSET constraint must have Version and Properties with {', '.join(wanted)}.")
    for name, form in (("AccountList", _ACCOUNT), ("RegionList", _REGION)):
        listed = properties[name]
        if not isinstance(listed, list) or not all(isinstance(item, str) and form.fullmatch(item) for item in listed):
            raise invalid(f"{name} must be a list of ids.")
        if len(set(listed)) < len(listed):
            raise invalid(f"{name} must not name anything twice.")
    if not _ROLE_ARN.fullmatch(str(properties["AdminRole"])):
        raise invalid("AdminRole must be the ARN of a role.")
    if not _ROLE_NAME.fullmatch(str(properties["ExecutionRole"])):
        raise invalid("ExecutionRole must be the name of a role.")
    if properties.get("StackInstanceControl", "NOT_ALLOWED") not in ("ALLOWED", "NOT_ALLOWED"):
        raise invalid("StackInstanceControl must be ALLOWED or NOT_ALLOWED.")


def _answer(request: Request, constraint: Constraint) -> dict[str, Any]:
    settled = request.now >= constraint.settles
    return {
        "ConstraintDetail": views.constraint_detail(constraint),
        "ConstraintParameters": constraint.parameters,
        "Status": (VersionStatus.AVAILABLE if settled else VersionStatus.CREATING).value,
    }
