"""Constraints between a portfolio and a product."""

from __future__ import annotations

import json
from typing import Any

import pytest

UPDATE = {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": "ALLOWED"}}
RULES = {"Rules": {"R": {"Assertions": [{"Assert": {"Fn::Equals": ["a", "a"]}}]}}}
STACK_SET: dict[str, Any] = {
    "Version": "2.0",
    "Properties": {
        "AccountList": ["222222222222"],
        "RegionList": ["eu-west-1"],
        "AdminRole": "arn:aws:iam::111111111111:role/administrator",
        "ExecutionRole": "executor",
    },
}


def test_a_constraint_lives(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    scene.role(scene.hub, "first")
    second = scene.role(scene.hub, "second")
    created = scene.sc.create_constraint(
        PortfolioId=portfolio_id, ProductId=product_id, Type="LAUNCH", Parameters='{"LocalRoleName": "first"}'
    )
    detail = created["ConstraintDetail"]
    assert (detail["Type"], detail["Owner"]) == ("LAUNCH", scene.hub)
    assert detail["Description"] == "Launch as local role first"

    identifier = detail["ConstraintId"]
    scene.sc.update_constraint(Id=identifier, Parameters=json.dumps({"RoleArn": second}))
    described = scene.sc.describe_constraint(Id=identifier)
    assert described["ConstraintDetail"]["Description"] == f"Launch as {second}"
    assert json.loads(described["ConstraintParameters"]) == {"RoleArn": second}
    assert described["Status"] == "AVAILABLE"
    listed = scene.sc.list_constraints_for_portfolio(PortfolioId=portfolio_id, ProductId=product_id)
    assert listed["ConstraintDetails"] == [described["ConstraintDetail"]]

    scene.sc.delete_constraint(Id=identifier)
    scene.refused("ResourceNotFoundException", scene.sc.describe_constraint, Id=identifier)
    assert scene.sc.list_constraints_for_portfolio(PortfolioId=portfolio_id)["ConstraintDetails"] == []


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("LAUNCH", '{"LocalRoleName": "none"}'),
        ("LAUNCH", '{"LocalRoleName": "a/b"}'),
        ("LAUNCH", '{"LocalRoleName": 1}'),
        ("LAUNCH", '{"RoleArn": "none"}'),
        ("LAUNCH", '{"RoleArn": "arn:aws:iam::999999999999:role/none"}'),
        ("LAUNCH", '{"RoleArn": "x", "LocalRoleName": "y"}'),
        ("LAUNCH", "{}"),
        ("LAUNCH", "[]"),
        ("LAUNCH", "x"),
        ("NOTIFICATION", "{}"),
        ("NOTIFICATION", '{"NotificationArns": []}'),
        ("NOTIFICATION", '{"NotificationArns": ["x"]}'),
        ("NOTIFICATION", '{"NotificationArns": [1]}'),
        ("RESOURCE_UPDATE", '{"Version": "1.0", "Properties": {"TagUpdateOnProvisionedProduct": "ALLOWED"}}'),
        ("RESOURCE_UPDATE", '{"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": "YES"}}'),
        ("RESOURCE_UPDATE", '{"Version": "2.0", "Properties": []}'),
        ("STACKSET", '{"Version": "2.0", "Properties": {}}'),
        *(
            ("STACKSET", json.dumps({**STACK_SET, "Properties": {**STACK_SET["Properties"], name: value}}))
            for name, value in (
                ("AccountList", "222222222222"),
                ("AccountList", ["222222222222"] * 2),
                ("RegionList", ["everywhere"]),
                ("AdminRole", "administrator"),
                ("ExecutionRole", "arn:aws:iam::111111111111:role/executor"),
                ("StackInstanceControl", "YES"),
            )
        ),
        ("TEMPLATE", '{"Rules": {}}'),
        ("TEMPLATE", "x"),
        ("OTHER", "{}"),
    ],
)
def test_wrong_parameters_are_refused(scene: Any, kind: str, parameters: str) -> None:
    portfolio_id, product_id, _ = scene.placed()

    scene.refused(
        "InvalidParametersException",
        scene.sc.create_constraint,
        PortfolioId=portfolio_id,
        ProductId=product_id,
        Type=kind,
        Parameters=parameters,
    )


def test_launch_and_stack_set_exclude_each_other_and_some_exist_once(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    scene.role(scene.hub, "launcher")
    launch = {"LocalRoleName": "launcher"}
    constraint = scene.constrain(portfolio_id, product_id, "LAUNCH", launch)
    scene.constrain(portfolio_id, product_id, "RESOURCE_UPDATE", UPDATE)
    scene.constrain(portfolio_id, product_id, "TEMPLATE", RULES)

    def again(kind: str, parameters: Any) -> None:
        scene.constrain(portfolio_id, product_id, kind, parameters)

    scene.refused("DuplicateResourceException", again, kind="LAUNCH", parameters=launch)
    scene.refused("DuplicateResourceException", again, kind="RESOURCE_UPDATE", parameters=UPDATE)
    scene.refused("DuplicateResourceException", again, kind="TEMPLATE", parameters=RULES)
    scene.refused("InvalidParametersException", again, kind="STACKSET", parameters=STACK_SET)
    scene.sc.delete_constraint(Id=constraint)
    again("STACKSET", STACK_SET)
    scene.refused("InvalidParametersException", again, kind="LAUNCH", parameters=launch)


def test_a_constraint_needs_the_product_in_the_portfolio(scene: Any) -> None:
    portfolio_id = scene.portfolio()
    product_id, _ = scene.product()

    for given in (
        {"PortfolioId": portfolio_id, "ProductId": product_id},
        {"PortfolioId": "port-none", "ProductId": product_id},
    ):
        scene.refused(
            "ResourceNotFoundException",
            scene.sc.create_constraint,
            Type="TEMPLATE",
            Parameters=json.dumps(RULES),
            **given,
        )


def test_an_importing_account_sees_constraints_but_does_not_change_them(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    identifier = scene.constrain(portfolio_id, product_id, "TEMPLATE", RULES)
    scene.shared(portfolio_id)
    spoke = scene.spoke_sc

    assert len(spoke.list_constraints_for_portfolio(PortfolioId=portfolio_id)["ConstraintDetails"]) == 1
    scene.refused("ResourceNotFoundException", spoke.delete_constraint, Id=identifier)
    scene.refused("ResourceNotFoundException", spoke.update_constraint, Id=identifier, Description="mine")


def test_tags_change_only_where_a_constraint_allows_it(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine", Tags=[{"Key": "a", "Value": "1"}])
    change = {"ProvisionedProductName": "mine", "Tags": [{"Key": "a", "Value": "2"}]}

    scene.refused("InvalidParametersException", scene.sc.update_provisioned_product, **change)
    scene.constrain(portfolio_id, product_id, "RESOURCE_UPDATE", UPDATE)
    answer = scene.settled(scene.sc.update_provisioned_product(**change))

    assert answer["RecordDetail"]["Status"] == "SUCCEEDED"
    (found,) = scene.sc.search_provisioned_products()["ProvisionedProducts"]
    assert {"Key": "a", "Value": "2"} in found["Tags"]
