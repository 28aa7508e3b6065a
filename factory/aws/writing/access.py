"""Who may use a portfolio: principals and shares."""

from __future__ import annotations

from typing import Any

from factory.aws.errors import IN_USE, INVALID_STATE, NOT_FOUND
from factory.aws.writing.context import Context, carry_out, unless_gone
from factory.catalog.model import Share, ShareTarget
from factory.errors import CatalogError
from factory.planning.actions import (
    AcceptShare,
    AddPrincipal,
    AddShare,
    RemovePrincipal,
    RemoveShare,
    UpdateShare,
)

_UNDER_WAY = frozenset({"NOT_STARTED", "IN_PROGRESS"})


@carry_out.register
def _add_principal(action: AddPrincipal, at: Context) -> None:
    client = at.hub if action.in_hub else at.environment
    # A portfolio that was accepted a moment ago may not be known yet.
    at.patience.retry(
        lambda: client.associate_principal_with_portfolio(
            PortfolioId=at.ids.portfolios[at.place, action.portfolio],
            PrincipalARN=action.principal.arn,
            PrincipalType=action.principal.type.value,
        ),
        NOT_FOUND,
    )


@carry_out.register
def _remove_principal(action: RemovePrincipal, at: Context) -> None:
    client = at.hub if action.in_hub else at.environment
    unless_gone(
        client.disassociate_principal_from_portfolio,
        PortfolioId=at.ids.portfolios[at.place, action.portfolio],
        PrincipalARN=action.principal.arn,
        PrincipalType=action.principal.type.value,
    )


@carry_out.register
def _add_share(action: AddShare, at: Context) -> None:
    arguments = {**_target(action, at), **_options(action.share)}
    answer = at.patience.retry(lambda: at.hub.create_portfolio_share(**arguments), INVALID_STATE, NOT_FOUND)
    _finish(answer, action, at)


@carry_out.register
def _update_share(action: UpdateShare, at: Context) -> None:
    arguments = {**_target(action, at), **_options(action.share)}
    answer = at.patience.retry(lambda: at.hub.update_portfolio_share(**arguments), INVALID_STATE)
    _finish(answer, action, at)


@carry_out.register
def _accept_share(action: AcceptShare, at: Context) -> None:
    id_ = at.ids.portfolios[at.place, action.portfolio]
    accept = at.environment.accept_portfolio_share
    at.patience.retry(lambda: accept(PortfolioId=id_, PortfolioShareType="IMPORTED"), NOT_FOUND, INVALID_STATE)


@carry_out.register
def _remove_share(action: RemoveShare, at: Context) -> None:
    arguments = _target(action, at)
    answers: list[dict[str, Any]] = []
    at.patience.retry(
        lambda: unless_gone(lambda: answers.append(at.hub.delete_portfolio_share(**arguments))), INVALID_STATE, IN_USE
    )
    if answers:
        _finish(answers[0], action, at)


def _target(action: AddShare | UpdateShare | RemoveShare, at: Context) -> dict[str, Any]:
    share = action.share
    portfolio = {"PortfolioId": at.ids.portfolios[at.place, action.portfolio]}
    if share.target is ShareTarget.ACCOUNT:
        return {**portfolio, "AccountId": share.id}
    return {**portfolio, "OrganizationNode": {"Type": share.target.value, "Value": share.id}}


def _options(share: Share) -> dict[str, bool]:
    # Principals travel within an organization only (CreatePortfolioShare, "SharePrincipals").
    principals = {} if share.target is ShareTarget.ACCOUNT else {"SharePrincipals": share.share_principals}
    return {"ShareTagOptions": share.share_tag_options, **principals}


def _finish(answer: dict[str, Any], action: AddShare | UpdateShare | RemoveShare, at: Context) -> None:
    """Wait until a share action has ended, where it has a token. Raises CatalogError where it ended badly."""
    identifier = answer.get("PortfolioShareToken")
    if not identifier:
        return
    last: dict[str, Any] = {}

    def ended() -> bool:
        last.update(at.hub.describe_portfolio_share_status(PortfolioShareToken=identifier))
        return last["Status"] not in _UNDER_WAY

    if at.patience.until(ended, NOT_FOUND) and last["Status"] == "COMPLETED":
        return
    errors = last.get("ShareDetails", {}).get("ShareErrors", [])
    reasons = [f"{', '.join(error['Accounts'])}: {error['Error']}: {error['Message']}" for error in errors]
    raise CatalogError(
        f"{action.subject} in {at.place}: {'; '.join(reasons) or 'it has not ended yet'}",
        operation="DescribePortfolioShareStatus",
        code=str(last.get("Status", NOT_FOUND)),
        hint="run the same command again",
    )
