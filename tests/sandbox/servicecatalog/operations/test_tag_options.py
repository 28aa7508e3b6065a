"""Tag options."""

from __future__ import annotations

from typing import Any


def test_a_tag_option_lives(scene: Any) -> None:
    created = scene.sc.create_tag_option(Key="Stage", Value="dev")["TagOptionDetail"]
    assert (created["Active"], created["Owner"]) == (True, scene.hub)

    updated = scene.sc.update_tag_option(Id=created["Id"], Value="test", Active=False)["TagOptionDetail"]
    assert updated == {**created, "Value": "test", "Active": False}
    assert scene.sc.describe_tag_option(Id=created["Id"])["TagOptionDetail"] == updated

    scene.sc.delete_tag_option(Id=created["Id"])
    scene.refused("ResourceNotFoundException", scene.sc.describe_tag_option, Id=created["Id"])


def test_a_key_and_value_exist_once_and_a_key_has_at_most_25_values(scene: Any) -> None:
    first = scene.sc.create_tag_option(Key="Stage", Value="0")["TagOptionDetail"]["Id"]
    for number in range(1, 25):
        scene.sc.create_tag_option(Key="Stage", Value=str(number))

    scene.refused("DuplicateResourceException", scene.sc.create_tag_option, Key="Stage", Value="1")
    scene.refused("DuplicateResourceException", scene.sc.update_tag_option, Id=first, Value="1")
    scene.refused("LimitExceededException", scene.sc.create_tag_option, Key="Stage", Value="25")
    scene.refused("ValidationException", scene.sc.create_tag_option, Key="aws:Stage", Value="1")
    scene.spoke_sc.create_tag_option(Key="Stage", Value="1")


def test_tag_options_are_filtered(scene: Any) -> None:
    scene.sc.create_tag_option(Key="Stage", Value="dev")
    inactive = scene.sc.create_tag_option(Key="Team", Value="red")["TagOptionDetail"]["Id"]
    scene.sc.update_tag_option(Id=inactive, Active=False)

    def found(**filters: Any) -> list[str]:
        return [item["Key"] for item in scene.sc.list_tag_options(Filters=filters)["TagOptionDetails"]]

    assert [found(), found(Key="Team"), found(Value="dev"), found(Active=False), found(Key="None")] == [
        ["Stage", "Team"],
        ["Team"],
        ["Stage"],
        ["Team"],
        [],
    ]


def test_a_tag_option_is_attached_and_detached(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    option = scene.sc.create_tag_option(Key="Stage", Value="dev")["TagOptionDetail"]["Id"]
    for resource in (portfolio_id, product_id):
        scene.sc.associate_tag_option_with_resource(ResourceId=resource, TagOptionId=option)

    def listed(**given: str) -> list[str]:
        answer = scene.sc.list_resources_for_tag_option(TagOptionId=option, **given)
        return [resource["Id"] for resource in answer["ResourceDetails"]]

    assert listed() == [portfolio_id, product_id]
    assert (listed(ResourceType="Portfolio"), listed(ResourceType="Product")) == ([portfolio_id], [product_id])
    scene.refused(
        "InvalidParametersException", scene.sc.list_resources_for_tag_option, TagOptionId=option, ResourceType="X"
    )
    assert scene.sc.describe_portfolio(Id=portfolio_id)["TagOptions"][0]["Id"] == option
    assert scene.sc.describe_product_as_admin(Id=product_id)["TagOptions"][0]["Id"] == option
    given = {"ResourceId": product_id, "TagOptionId": option}
    scene.refused("DuplicateResourceException", scene.sc.associate_tag_option_with_resource, **given)
    scene.refused("ResourceInUseException", scene.sc.delete_tag_option, Id=option)

    scene.sc.disassociate_tag_option_from_resource(**given)
    scene.refused("ResourceNotFoundException", scene.sc.disassociate_tag_option_from_resource, **given)
    scene.refused(
        "ResourceNotFoundException",
        scene.sc.associate_tag_option_with_resource,
        ResourceId="port-none",
        TagOptionId=option,
    )
    scene.sc.disassociate_tag_option_from_resource(ResourceId=portfolio_id, TagOptionId=option)
    scene.sc.delete_tag_option(Id=option)
