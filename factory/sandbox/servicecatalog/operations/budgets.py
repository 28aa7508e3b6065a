"""Budgets of portfolios and products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.servicecatalog import views
from factory.sandbox.servicecatalog.attached import BudgetUse
from factory.sandbox.servicecatalog.endpoint import account_credentials
from factory.sandbox.servicecatalog.errors import duplicate, not_found
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.visibility import owned_resource


@operation("AssociateBudgetWithResource")
def associate_budget_with_resource(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Put one of the account's budgets on one of its portfolios or products.

    How many budgets a resource may have is not documented, and not limited here.
    """
    resource = owned_resource(request.region, parameters["ResourceId"], request.account)
    use = BudgetUse(resource.id, parameters["BudgetName"])
    budgets = request.endpoint.client("budgets", account_credentials(request.account), request.region.name)
    try:
        budgets.describe_budget(AccountId=request.account, BudgetName=use.budget_name)
    except ClientError as error:
        raise not_found(f"Budget {use.budget_name} does not exist.") from error
    if use in request.region.budget_uses:
        raise duplicate(f"Budget {use.budget_name} is already associated with {resource.id}.")
    request.region.budget_uses[use] = None
    return {}


@operation("DisassociateBudgetFromResource")
def disassociate_budget_from_resource(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Take a budget off a portfolio or product; the budget itself may be gone already."""
    resource = owned_resource(request.region, parameters["ResourceId"], request.account)
    use = BudgetUse(resource.id, parameters["BudgetName"])
    if use not in request.region.budget_uses:
        raise not_found(f"Budget {use.budget_name} is not associated with {resource.id}.")
    del request.region.budget_uses[use]
    return {}


@operation("ListBudgetsForResource")
def list_budgets_for_resource(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The budgets of one of the account's own portfolios or products."""
    resource = owned_resource(request.region, parameters["ResourceId"], request.account)
    shown, token = page(views.budgets(request.region, resource.id), parameters, request.operation)
    return {"Budgets": list(shown), "NextPageToken": token}
