"""Whether those who may launch exist, and whether anybody could become one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from factory.catalog.model import Principal, PrincipalType
from factory.planning.health.check import check
from factory.planning.health.facts import Facts
from factory.planning.health.finding import HUB, Problem, Severity


@check(
    "principals under `access` exist, and not everybody can become one",
    Severity.WARNING,
    meaning="Nobody launches as somebody who does not exist; whoever may create a role that a pattern matches may.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Principals of each portfolio, held against the roles, users and groups of its environment's account."""
    for portfolio in facts.observed.portfolios if facts.observed else ():
        environment = portfolio.place.environment
        account = facts.account(environment)
        known = account.identities.arns if account and account.identities else None
        wanted = facts.desired.portfolio(portfolio.place, portfolio.name) if facts.desired else None
        unmatched: list[str] = []
        for principal in sorted(portfolio.principals):
            subject = f"portfolio {portfolio.name}"
            where = f"take it out of `access` in portfolios/{portfolio.name}.yaml, factory publish -e {environment}"
            if wanted and principal not in wanted.principals:
                message = f"{principal.arn} may launch, which no manifest says"
                where = f"factory publish -e {environment}"
            elif principal.type is PrincipalType.IAM_PATTERN and not _name(principal).strip("*?/"):
                message = f"{principal.arn} matches every {_kind(principal)}: whoever may create one may launch"
            elif known is not None and not any(matches(principal, arn) for arn in known):
                if principal.type is PrincipalType.IAM_PATTERN:
                    unmatched.append(principal.arn)
                    continue
                message, where = f"{principal.arn} is not there", f"create it, or {where}"
            else:
                continue
            yield Problem(
                owner=environment,
                region=portfolio.place.region,
                subject=subject,
                message=message,
                mend=where,
                at=HUB,
            )
        if unmatched:
            yield Problem(
                owner=environment,
                region=portfolio.place.region,
                subject=f"portfolio {portfolio.name}",
                message=f"{', '.join(unmatched)}: nobody in the account has such a name yet",
                mend=f"create such a role, or take it out of `access` in portfolios/{portfolio.name}.yaml",
                severity=Severity.NOTE,
            )
        for principal in sorted(wanted.principals - portfolio.principals) if wanted else ():
            yield Problem(
                owner=environment,
                region=portfolio.place.region,
                subject=f"portfolio {portfolio.name}",
                message=f"{principal.arn} may not launch, although the manifest says so",
                mend=f"factory publish -e {environment}",
                severity=Severity.ERROR,
            )


def matches(principal: Principal, arn: str) -> bool:
    """Whether a principal of a portfolio is, or by its pattern includes, that of an ARN."""
    if principal.type is PrincipalType.IAM:
        return principal.arn == arn
    # A pattern leaves out the account (AssociatePrincipalWithPortfolio, API reference).
    wanted, found = (text.split(":", 5)[-1] for text in (principal.arn, arn))
    pattern = "".join(".*" if part == "*" else "." if part == "?" else re.escape(part) for part in wanted)
    return re.fullmatch(pattern, found) is not None


def _name(principal: Principal) -> str:
    return principal.arn.split(":", 5)[-1].partition("/")[2]


def _kind(principal: Principal) -> str:
    return principal.arn.split(":", 5)[-1].partition("/")[0]
