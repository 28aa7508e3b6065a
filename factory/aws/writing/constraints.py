"""Constraints on products in portfolios."""

from __future__ import annotations

from factory.aws.errors import HINTS, INVALID, NOT_FOUND, translated
from factory.aws.writing.context import Context, carry_out, unless_gone
from factory.catalog.constraints import Constraint
from factory.catalog.constraints.launch import Launch
from factory.catalog.model import Place, PortfolioName, ProductName
from factory.errors import CatalogError
from factory.planning.actions import AddConstraint, RemoveConstraint, UpdateConstraint

# Of the API reference, CreateConstraint.
_DESCRIPTION = 2_000
_NO_ROLE = "make the launch role in the hub (factory bootstrap); a new one may take a minute to be known"


@carry_out.register
def _add(action: AddConstraint, at: Context) -> None:
    constraint = action.constraint
    arguments = {
        "PortfolioId": at.ids.portfolios[at.place, action.portfolio],
        "ProductId": at.ids.products[at.place, ProductName(constraint.product)],
        "Type": constraint.type,
        "Parameters": constraint.parameters(),
        "Description": _description(constraint),
    }

    hints = {**HINTS, INVALID: _NO_ROLE} if constraint.type == Launch.type else HINTS

    def create(**token: str) -> str:
        # The association of the product may be too young to be known.
        with translated(f"{action.subject} in {at.place}", hints):
            answer = at.patience.retry(lambda: at.hub.create_constraint(**arguments, **token), NOT_FOUND)
        return str(answer["ConstraintDetail"]["ConstraintId"])

    id_ = at.create(create, lambda made: _is_available(made, action, at), "constraint", arguments)
    at.ids.constraints[_key(action, at)] = id_


@carry_out.register
def _update(action: UpdateConstraint, at: Context) -> None:
    at.hub.update_constraint(
        Id=at.ids.constraints[_key(action, at)],
        Parameters=action.constraint.parameters(),
        Description=_description(action.constraint),
    )


@carry_out.register
def _remove(action: RemoveConstraint, at: Context) -> None:
    unless_gone(at.hub.delete_constraint, Id=at.ids.constraints.pop(_key(action, at)))


def _key(
    action: AddConstraint | UpdateConstraint | RemoveConstraint, at: Context
) -> tuple[Place, PortfolioName, tuple[str, str, str]]:
    return (at.place, action.portfolio, action.constraint.identity)


def _description(constraint: Constraint) -> str:
    return constraint.summary[:_DESCRIPTION]


def _is_available(id_: str, action: AddConstraint, at: Context) -> bool:
    status = at.hub.describe_constraint(Id=id_)["Status"]
    if status == "FAILED":
        raise CatalogError(
            f"{action.subject} in {at.place}: Service Catalog does not take it",
            operation="DescribeConstraint",
            code="FAILED",
        )
    return bool(status == "AVAILABLE")
