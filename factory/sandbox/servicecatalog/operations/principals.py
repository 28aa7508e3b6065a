"""Who may launch from a portfolio."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.servicecatalog.endpoint import account_credentials
from factory.sandbox.servicecatalog.errors import invalid, limit_exceeded, not_found
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Principal, PrincipalType
from factory.sandbox.servicecatalog.visibility import principals_of, seen_portfolio

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas", and the API reference
# of AssociatePrincipalWithPortfolio for patterns.
_MAX_PRINCIPALS = 100
_MAX_PATTERNS = 10

_IAM_ARN = re.compile(r"arn:aws:iam::(?P<account>\d{12}):(?P<kind>role|user|group)/(?P<path>.+/)?(?P<name>[^/*?]+)")
_PATTERN = re.compile(r"arn:aws:iam:::(role|user|group)/[^:]+")


@operation("AssociatePrincipalWithPortfolio")
def associate_principal_with_portfolio(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Let a principal launch from an own or imported portfolio; doing so again changes nothing.

    An IAM principal must exist in the account, an IAM_PATTERN has no account id and may hold `*` and `?`.
    """
    region, account = request.region, request.account
    portfolio = seen_portfolio(region, parameters["PortfolioId"], account, request.now)
    principal = Principal(portfolio.id, account, parameters["PrincipalARN"], PrincipalType(parameters["PrincipalType"]))
    _check(request, principal)
    there = [other for other in region.principals if other.portfolio_id == portfolio.id and other.account == account]
    if principal not in there:
        if len(there) >= _MAX_PRINCIPALS:
            raise limit_exceeded(f"A portfolio can have at most {_MAX_PRINCIPALS} principals.")
        patterns = [other for other in there if other.type is PrincipalType.IAM_PATTERN]
        if principal.type is PrincipalType.IAM_PATTERN and len(patterns) >= _MAX_PATTERNS:
            raise limit_exceeded(f"A portfolio can have at most {_MAX_PATTERNS} principals of type IAM_PATTERN.")
        region.principals[principal] = None
    return {}


@operation("DisassociatePrincipalFromPortfolio")
def disassociate_principal_from_portfolio(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Take back what AssociatePrincipalWithPortfolio gave; ARN and type must be the same."""
    portfolio = seen_portfolio(request.region, parameters["PortfolioId"], request.account, request.now)
    kind = PrincipalType(parameters.get("PrincipalType", PrincipalType.IAM))
    principal = Principal(portfolio.id, request.account, parameters["PrincipalARN"], kind)
    if principal not in request.region.principals:
        raise not_found(f"Principal {principal.arn} is not associated with portfolio {portfolio.id}.")
    del request.region.principals[principal]
    return {}


@operation("ListPrincipalsForPortfolio")
def list_principals_for_portfolio(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A portfolio's principals in this account, with the patterns that a share brought along."""
    portfolio = seen_portfolio(request.region, parameters["PortfolioId"], request.account, request.now)
    principals = principals_of(request.region, portfolio, request.account, request.now)
    shown, token = page(principals, parameters, request.operation)
    return {
        "Principals": [{"PrincipalARN": principal.arn, "PrincipalType": principal.type.value} for principal in shown],
        "NextPageToken": token,
    }


def _check(request: Request, principal: Principal) -> None:
    if principal.type is PrincipalType.IAM_PATTERN:
        if not _PATTERN.fullmatch(principal.arn):
            raise invalid(
                f"{principal.arn} is not an IAM ARN without account id, as IAM_PATTERN needs: "
                "wildcards may stand in the resource id only."
            )
        return
    arn = _IAM_ARN.fullmatch(principal.arn)
    if arn is None or arn["account"] != request.account:
        raise invalid(f"{principal.arn} is not the ARN of a user, group or role of account {request.account}.")
    iam = request.endpoint.client("iam", account_credentials(request.account), request.region.name)
    try:
        if arn["kind"] == "role":
            found = iam.get_role(RoleName=arn["name"])["Role"]["Arn"]
        elif arn["kind"] == "user":
            found = iam.get_user(UserName=arn["name"])["User"]["Arn"]
        else:
            found = iam.get_group(GroupName=arn["name"])["Group"]["Arn"]
    except ClientError as error:
        raise invalid(f"{principal.arn}: profile does not exist") from error
    if found != principal.arn:
        raise invalid(f"{principal.arn}: profile does not exist")
