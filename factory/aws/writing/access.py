"""Who may use a portfolio: principals and shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.errors import HINTS, IN_USE, INVALID, INVALID_STATE, NOT_FOUND, NOT_SUPPORTED, code_of, translated
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

_ShareAction = AddShare | UpdateShare | RemoveShare

_UNDER_WAY = frozenset({"NOT_STARTED", "IN_PROGRESS"})
_NODE_ATTEMPTS = 4
_ENDING_ATTEMPTS = 60

_NO_TRUSTED_ACCESS = "in the management account: aws servicecatalog enable-aws-organizations-access"
_NO_ADMINISTRATOR = (
    "let the organization's management account be the hub, or make the hub a delegated administrator: "
    "aws organizations register-delegated-administrator --account-id {} "
    "--service-principal servicecatalog.amazonaws.com"
)
_WRONG_NODE = "make sure that {} under share in the portfolio's manifest is an id of the hub's organization"
_MEND = "mend the cause, delete the share in the Service Catalog console, and run the same command again"


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
    # A portfolio that was created a moment ago may not be known yet; a node that is misspelt never will be.
    brief = at.patience if action.share.target is ShareTarget.ACCOUNT else replace(at.patience, attempts=_NODE_ATTEMPTS)
    _alone(action, at, lambda: brief.retry(lambda: at.hub.create_portfolio_share(**arguments), NOT_FOUND))


@carry_out.register
def _update_share(action: UpdateShare, at: Context) -> None:
    arguments = {**_target(action, at), **_options(action.share)}
    _alone(action, at, lambda: at.hub.update_portfolio_share(**arguments))


@carry_out.register
def _accept_share(action: AcceptShare, at: Context) -> None:
    id_ = at.ids.portfolios[at.place, action.portfolio]
    accept = at.environment.accept_portfolio_share
    at.patience.retry(lambda: accept(PortfolioId=id_, PortfolioShareType="IMPORTED"), NOT_FOUND, INVALID_STATE)


@carry_out.register
def _remove_share(action: RemoveShare, at: Context) -> None:
    arguments = _target(action, at)

    def remove() -> dict[str, Any]:
        answers: list[dict[str, Any]] = [{}]
        unless_gone(lambda: answers.append(at.hub.delete_portfolio_share(**arguments)))
        return answers[-1]

    _alone(action, at, lambda: at.patience.retry(remove, IN_USE))


def _target(action: _ShareAction, at: Context) -> dict[str, Any]:
    share = action.share
    portfolio = {"PortfolioId": at.ids.portfolios[at.place, action.portfolio]}
    if share.target is ShareTarget.ACCOUNT:
        return {**portfolio, "AccountId": share.id}
    return {**portfolio, "OrganizationNode": {"Type": share.target.value, "Value": share.id}}


def _options(share: Share) -> dict[str, bool]:
    # Principals travel within an organization only (CreatePortfolioShare, "SharePrincipals").
    principals = {} if share.target is ShareTarget.ACCOUNT else {"SharePrincipals": share.share_principals}
    return {"ShareTagOptions": share.share_tag_options, **principals}


def _alone(action: _ShareAction, at: Context, call: Callable[[], dict[str, Any]]) -> None:
    """Make a call that begins a share action, and wait for its end before the next one begins anywhere.

    Service Catalog refuses a share action while another one of the account is under way (DeletePortfolioShare, API
    reference); the one of somebody else is waited for.
    """
    with at.sharing:
        try:
            answer = at.patience.retry(call, INVALID_STATE)
        except ClientError as error:
            hint = _hint(error, action.share, at)
            with translated(f"{action.effect} {action.subject} in {action.place}", {**HINTS, **hint}):
                raise
        _finish(answer, action, at)


def _hint(error: ClientError, share: Share, at: Context) -> dict[str, str]:
    """What to do about the refusal of an organization share, by AWS's code.

    Which code stands for which cause is not documented, so the causes are looked for.
    """
    code = code_of(error)
    if share.target is ShareTarget.ACCOUNT or code not in (NOT_SUPPORTED, INVALID, NOT_FOUND):
        return {}
    try:
        enabled = at.hub.get_aws_organizations_access_status().get("AccessStatus") == "ENABLED"
    except ClientError as refused:
        # Only those two kinds of accounts may ask.
        hint = _NO_ADMINISTRATOR.format(at.accounts.hub.account)
        return {code: hint} if code_of(refused) == NOT_SUPPORTED else {}
    return {code: _WRONG_NODE.format(share.id) if enabled else _NO_TRUSTED_ACCESS}


def _finish(answer: dict[str, Any], action: _ShareAction, at: Context) -> None:
    """Wait until a share action has ended, where it has a token. Raises CatalogError where it ended badly."""
    identifier = answer.get("PortfolioShareToken")
    if not identifier:
        return
    last: dict[str, Any] = {}

    def ended() -> bool:
        last.update(at.hub.describe_portfolio_share_status(PortfolioShareToken=identifier))
        return last["Status"] not in _UNDER_WAY

    # It takes the longer the more accounts the node has.
    done = replace(at.patience, attempts=_ENDING_ATTEMPTS).until(ended, NOT_FOUND)
    status = str(last.get("Status", NOT_FOUND))
    if done and status == "COMPLETED":
        return
    errors = last.get("ShareDetails", {}).get("ShareErrors", [])
    reasons = [f"{', '.join(error['Accounts'])}: {error['Error']}: {error['Message']}" for error in errors]
    raise CatalogError(
        f"{action.effect} {action.subject} in {action.place}: "
        + (f"it ended as {status}: {'; '.join(reasons) or 'AWS gives no reason'}" if done else "it has not ended yet"),
        operation="DescribePortfolioShareStatus",
        code=status,
        # Neither sharing again nor a new plan repeats what failed: to both of them the share is there.
        hint=_MEND if done else "it goes on by itself: run the same command again later",
    )
