"""Portfolios and the tag options that they offer."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from factory.aws.errors import DUPLICATE, IN_USE, NOT_FOUND, code_of
from factory.aws.ids import mark
from factory.aws.paging import items
from factory.aws.requests import tag_changes, tag_list
from factory.aws.writing.context import Context, carry_out, unless_gone
from factory.catalog.marks import PORTFOLIO_TAG
from factory.catalog.model import TagOption
from factory.planning.actions import (
    AddTagOption,
    CreatePortfolio,
    DeletePortfolio,
    RemoveTagOption,
    UpdatePortfolio,
)


@carry_out.register
def _create(action: CreatePortfolio, at: Context) -> None:
    portfolio = action.portfolio
    texts = {
        "DisplayName": portfolio.display_name,
        "ProviderName": portfolio.provider,
        "Description": portfolio.description,
    }
    tags = (*portfolio.tags, (PORTFOLIO_TAG, mark(at.place, portfolio.name)))

    def create(**token: str) -> str:
        answer = at.hub.create_portfolio(**texts, Tags=tag_list(tags), **token)
        return str(answer["PortfolioDetail"]["Id"])

    def exists(id_: str) -> bool:
        return bool(at.hub.describe_portfolio(Id=id_))

    at.ids.portfolios[at.place, portfolio.name] = at.create(create, exists, "portfolio", texts, tags)


@carry_out.register
def _update(action: UpdatePortfolio, at: Context) -> None:
    after = action.after
    at.hub.update_portfolio(
        Id=at.ids.portfolios[at.place, after.name],
        DisplayName=after.display_name,
        ProviderName=after.provider,
        Description=after.description,
        **tag_changes(action.before.tags, after.tags),
    )


@carry_out.register
def _delete(action: DeletePortfolio, at: Context) -> None:
    id_ = at.ids.portfolios[at.place, action.portfolio]
    # What was removed from it a moment ago may still count.
    at.patience.retry(lambda: unless_gone(at.hub.delete_portfolio, Id=id_), IN_USE)
    del at.ids.portfolios[at.place, action.portfolio]


@carry_out.register
def _add_tag_option(action: AddTagOption, at: Context) -> None:
    option = _existing(action.tag_option, at) or _created(action.tag_option, at)
    if not option["Active"]:
        at.hub.update_tag_option(Id=option["Id"], Active=True)
    at.ids.tag_options[at.place.region, action.tag_option] = option["Id"]
    portfolio = at.ids.portfolios[at.place, action.portfolio]

    def associate() -> None:
        try:
            at.hub.associate_tag_option_with_resource(ResourceId=portfolio, TagOptionId=option["Id"])
        except ClientError as error:
            if code_of(error) != DUPLICATE:
                raise

    at.patience.retry(associate, NOT_FOUND)


@carry_out.register
def _remove_tag_option(action: RemoveTagOption, at: Context) -> None:
    unless_gone(
        at.hub.disassociate_tag_option_from_resource,
        ResourceId=at.ids.portfolios[at.place, action.portfolio],
        TagOptionId=at.ids.tag_options[at.place.region, action.tag_option],
    )


def _existing(wanted: TagOption, at: Context) -> dict[str, Any] | None:
    filters = {"Key": wanted.key, "Value": wanted.value}
    listed = items(at.hub, "ListTagOptions", "TagOptionDetails", Filters=filters)
    exact = (option for option in listed if (option["Key"], option["Value"]) == (wanted.key, wanted.value))
    return next(exact, None)


def _created(wanted: TagOption, at: Context) -> dict[str, Any]:
    try:
        answer = at.hub.create_tag_option(Key=wanted.key, Value=wanted.value)
        made: dict[str, Any] = answer["TagOptionDetail"]
        return made
    except ClientError as error:
        # Another place of the same region may have made it meanwhile: tag options belong to no place.
        other = _existing(wanted, at) if code_of(error) == DUPLICATE else None
        if other is None:
            raise
        return other
