"""Budgets of portfolios and products."""

from __future__ import annotations

from typing import Any


def budget(scene: Any, name: str) -> str:
    """A budget of the hub."""
    scene.client("budgets", scene.hub).create_budget(
        AccountId=scene.hub,
        Budget={
            "BudgetName": name,
            "BudgetLimit": {"Amount": "10", "Unit": "USD"},
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        },
    )
    return name


def test_budgets_are_shown_with_their_portfolio_or_product(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    one, two = budget(scene, "one"), budget(scene, "two")
    for name, resource in ((one, portfolio_id), (one, product_id), (two, product_id)):
        scene.sc.associate_budget_with_resource(BudgetName=name, ResourceId=resource)

    listed = scene.sc.list_budgets_for_resource(ResourceId=product_id)["Budgets"]

    assert listed == [{"BudgetName": one}, {"BudgetName": two}]
    assert scene.sc.describe_portfolio(Id=portfolio_id)["Budgets"] == listed[:1]
    assert scene.sc.describe_product_as_admin(Id=product_id)["Budgets"] == listed
    assert scene.sc.describe_product(Id=product_id)["Budgets"] == listed
    scene.shared(portfolio_id)
    assert scene.spoke_sc.describe_portfolio(Id=portfolio_id)["Budgets"] == []


def test_a_budget_must_exist_and_is_put_on_a_resource_once(scene: Any) -> None:
    given = {"BudgetName": "one", "ResourceId": scene.portfolio()}
    associate = scene.sc.associate_budget_with_resource
    scene.refused("ResourceNotFoundException", associate, **given)
    budget(scene, "one")
    associate(**given)

    scene.refused("DuplicateResourceException", associate, **given)
    scene.refused("ResourceNotFoundException", associate, BudgetName="one", ResourceId="port-none")
    scene.refused("ResourceNotFoundException", scene.spoke_sc.associate_budget_with_resource, **given)


def test_a_budget_is_in_the_way_of_deletion_until_it_is_taken_off(scene: Any) -> None:
    portfolio_id = scene.portfolio()
    product_id, _ = scene.product()
    name = budget(scene, "one")
    resources = {portfolio_id: scene.sc.delete_portfolio, product_id: scene.sc.delete_product}
    for resource, delete in resources.items():
        scene.sc.associate_budget_with_resource(BudgetName=name, ResourceId=resource)
        scene.refused("ResourceInUseException", delete, Id=resource)
    scene.client("budgets", scene.hub).delete_budget(AccountId=scene.hub, BudgetName=name)

    for resource, delete in resources.items():
        off = {"BudgetName": name, "ResourceId": resource}
        scene.sc.disassociate_budget_from_resource(**off)
        scene.refused("ResourceNotFoundException", scene.sc.disassociate_budget_from_resource, **off)
        delete(Id=resource)
