"""Whether the roles that launch constraints name are there, and are no administrators."""

from __future__ import annotations

from collections.abc import Iterator

from factory.catalog.constraints.launch import Launch
from factory.catalog.model import Place, Portfolio, ProductName
from factory.planning.health.check import check
from factory.planning.health.facts import Account, Facts, Role
from factory.planning.health.finding import HUB, Problem, Severity
from factory.planning.health.policies import allowed
from factory.synthesis.launch_roles import LEDGER, ledger, role_name

_ADMINISTRATORS = frozenset({"AdministratorAccess", "PowerUserAccess", "IAMFullAccess"})


@check(
    "launch roles are in the hub and in the environments, made for the products as they are, and no administrators",
    Severity.ERROR,
    meaning="A launch fails without its role, and half way with one that was made for another template; whoever may "
    "launch a product under an administrator is one, as far as its template lets them.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Roles by the environments that launch with them."""
    for account in facts.accounts:
        yield from _behind(account)
    told: set[tuple[str, str]] = set()
    for portfolio in facts.observed.portfolios if facts.observed else ():
        for constraint in sorted(portfolio.constraints, key=lambda item: item.identity):
            if isinstance(constraint, Launch):
                for owner in (HUB, portfolio.place.environment):
                    there = facts.account(owner)
                    if there and (there.owner, constraint.local_role_name) not in told:
                        told.add((there.owner, constraint.local_role_name))
                        yield from _in_account(there, constraint)
    yield from _unbound(facts)


def _behind(account: Account) -> Iterator[Problem]:
    for region in account.regions:
        if region.parameters is None or LEDGER not in region.wanted.parameters or LEDGER not in region.parameters:
            continue
        held = ledger(region.parameters[LEDGER])
        for product, digest in ledger(region.wanted.parameters[LEDGER]).items():
            if held.get(product) != digest:
                yield Problem(
                    owner=account.owner,
                    subject=f"role {role_name(product)}",
                    message="it is behind its templates" if product in held else "it was not made yet",
                    mend="factory bootstrap",
                )


def _in_account(account: Account, constraint: Launch) -> Iterator[Problem]:
    """Whether a role is there that the factory does not make, and whether any is an administrator."""
    name = constraint.local_role_name
    if account.identities is None:
        return
    role = account.identities.role(name)
    if role is None:
        if name != role_name(constraint.product):
            yield Problem(
                owner=account.owner,
                subject=f"role {name}",
                message=f"it is not there, and {constraint.product} is launched with it",
                mend=f"aws iam create-role --role-name {name} --assume-role-policy-document file://trust.json",
            )
        return
    if any(name in region.wanted.roles for region in account.regions):
        # One that the factory makes has nothing that its template does not say: that is another check's.
        return
    for policy, command in _too_wide(role):
        yield Problem(
            owner=account.owner,
            subject=f"role {name}",
            message=f"{constraint.product} is launched with it, and {policy} makes it an administrator",
            mend=command,
            severity=Severity.WARNING,
        )


def _too_wide(role: Role) -> Iterator[tuple[str, str]]:
    for arn, held in role.managed.items():
        if arn.rpartition("/")[2] in _ADMINISTRATORS or _is_everything(held):
            yield arn.rpartition("/")[2], f"aws iam detach-role-policy --role-name {role.name} --policy-arn {arn}"
    for name, statements in role.inline.items():
        if statements and _is_everything(statements):
            yield name, f"aws iam delete-role-policy --role-name {role.name} --policy-name {name}"


def _is_everything(held: tuple[str, ...]) -> bool:
    return any("*" in actions and "*" in resources for actions, resources in allowed(held))


def _unbound(facts: Facts) -> Iterator[Problem]:
    """Launch constraints that are not there, and such as hold in one account only."""
    for portfolio in facts.observed.portfolios if facts.observed else ():
        for product in sorted(portfolio.products - _bound(portfolio)):
            yield Problem(
                owner=portfolio.place.environment,
                region=portfolio.place.region,
                subject=f"product {product} in portfolio {portfolio.name}",
                message="it has no launch constraint: whoever launches it needs every permission that it needs",
                mend=_mend(facts, portfolio, product),
                severity=None if _wants_constraint(facts, portfolio, product) else Severity.WARNING,
            )
    for item in facts.roles_by_arn:
        yield Problem(
            owner=item.place.environment,
            region=item.place.region,
            subject=f"product {item.product} in portfolio {item.portfolio}",
            message=f"its launch constraint names the role by ARN, {item.arn}: other accounts can't launch with it",
            mend=f"aws servicecatalog update-constraint --id {item.id} --region {item.place.region} "
            f"""--parameters '{{"LocalRoleName": "{item.arn.rpartition("/")[2]}"}}'""",
            at=HUB,
            severity=_weight(facts, item.place, item.arn),
        )


def _weight(facts: Facts, place: Place, arn: str) -> Severity:
    """An error where the role is of another account than launches."""
    return Severity.WARNING if facts.manifest.environment(place.environment).account in arn else Severity.ERROR


def _bound(portfolio: Portfolio) -> set[ProductName]:
    return {ProductName(item.product) for item in portfolio.constraints if item.type in {"LAUNCH", "STACKSET"}}


def _wants_constraint(facts: Facts, portfolio: Portfolio, product: ProductName) -> bool:
    desired = facts.desired.portfolio(portfolio.place, portfolio.name) if facts.desired else None
    return desired is not None and product in _bound(desired)


def _mend(facts: Facts, portfolio: Portfolio, product: ProductName) -> str:
    if _wants_constraint(facts, portfolio, product):
        return f"factory publish -e {portfolio.place.environment}"
    return (
        f"factory publish -e {portfolio.place.environment}, with `launch-role: factory-launch-{{product}}` in "
        f"portfolios/{portfolio.name}.yaml"
    )
