"""Whether those who may launch exist, and whether anybody could become one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from factory.catalog.model import Portfolio, Principal, PrincipalType
from factory.planning.health.check import check
from factory.planning.health.facts import Facts
from factory.planning.health.finding import Problem, Severity


@check(
    "principals under `access` exist, and not everybody can become one",
    Severity.WARNING,
    meaning="Nobody launches as somebody who does not exist; whoever may create a role that a pattern matches may.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Principals of each portfolio, held against the roles, users and groups of its environment's account."""
    for portfolio in facts.observed.portfolios if facts.observed else ():
        account = facts.account(portfolio.place.environment)
        known = account.identities.arns if account and account.identities else None
        wanted = facts.desired.portfolio(portfolio.place, portfolio.name) if facts.desired else None
        yield from _who_may(portfolio, wanted, known)
        if wanted:
            yield from _who_may_not(portfolio, wanted, known)


def _who_may(portfolio: Portfolio, wanted: Portfolio | None, known: frozenset[str] | None) -> Iterator[Problem]:
    for principal in sorted(portfolio.principals):
        if wanted and principal not in wanted.principals:
            yield _problem(portfolio, f"{principal.arn} may launch, which no manifest says", _publish(portfolio))
        elif principal.type is PrincipalType.IAM_PATTERN and not _name(principal).strip("*?/"):
            message = f"{principal.arn} matches every {_kind(principal)}: whoever may create one may launch"
            yield _problem(portfolio, message, f"{_forget(portfolio)}, {_publish(portfolio)}")
        elif principal.type is PrincipalType.IAM and not _exists(principal, known):
            mend = f"create it, or {_forget(portfolio)}, {_publish(portfolio)}"
            yield _problem(portfolio, f"{principal.arn} is not there", mend)
    patterns = [item for item in sorted(portfolio.principals) if item.type is PrincipalType.IAM_PATTERN]
    if unmatched := [item.arn for item in patterns if not _exists(item, known)]:
        message = f"{', '.join(unmatched)}: nobody in the account has such a name yet"
        yield _problem(portfolio, message, f"create such a role, or {_forget(portfolio)}", Severity.NOTE)


def _who_may_not(portfolio: Portfolio, wanted: Portfolio, known: frozenset[str] | None) -> Iterator[Problem]:
    missing = sorted(wanted.principals - portfolio.principals)
    # Service Catalog takes no exact principal that is not there.
    absent = [item.arn for item in missing if item.type is PrincipalType.IAM and not _exists(item, known)]
    if there := [item.arn for item in missing if item.arn not in absent]:
        message = f"{', '.join(there)} may not launch, although the manifest says so"
        yield _problem(portfolio, message, _publish(portfolio), Severity.ERROR)
    if absent:
        mend = f"create it, or {_forget(portfolio)}, {_publish(portfolio)}"
        yield _problem(portfolio, f"{', '.join(absent)} is not there, and so may not launch", mend, Severity.ERROR)


def matches(principal: Principal, arn: str) -> bool:
    """Whether a principal of a portfolio is, or by its pattern includes, that of an ARN."""
    if principal.type is PrincipalType.IAM:
        return principal.arn == arn
    # A pattern leaves out the account (AssociatePrincipalWithPortfolio, API reference).
    wanted, found = (text.split(":", 5)[-1] for text in (principal.arn, arn))
    pattern = "".join(".*" if part == "*" else "." if part == "?" else re.escape(part) for part in wanted)
    return re.fullmatch(pattern, found) is not None


def _exists(principal: Principal, known: frozenset[str] | None) -> bool:
    """Whether there is one, or nobody can tell."""
    return known is None or any(matches(principal, arn) for arn in known)


def _publish(portfolio: Portfolio) -> str:
    return f"factory publish -e {portfolio.place.environment}"


def _forget(portfolio: Portfolio) -> str:
    return f"take it out of `access` in portfolios/{portfolio.name}.yaml"


def _problem(portfolio: Portfolio, message: str, mend: str, severity: Severity | None = None) -> Problem:
    return Problem(
        owner=portfolio.place.environment,
        region=portfolio.place.region,
        subject=f"portfolio {portfolio.name}",
        message=message,
        mend=mend,
        severity=severity,
    )


def _name(principal: Principal) -> str:
    return principal.arn.split(":", 5)[-1].partition("/")[2]


def _kind(principal: Principal) -> str:
    return principal.arn.split(":", 5)[-1].partition("/")[0]
