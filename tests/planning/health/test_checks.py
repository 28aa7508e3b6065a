"""What each check finds in facts that are written down here, and that it finds nothing in facts that are in order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factory.catalog.constraints.launch import Launch as LaunchConstraint
from factory.catalog.model import (
    Digest,
    Guidance,
    Principal,
    PrincipalType,
    Share,
    ShareTarget,
    Version,
    VersionName,
)
from factory.catalog.pipeline import Pipeline
from factory.planning.actions import RemoveShare
from factory.planning.health import HUB, Facts, Severity, examine, known, unhealthy
from factory.planning.health.checks.principals import matches
from factory.planning.health.facts import (
    Account,
    Damage,
    HubRegion,
    Identities,
    Refusal,
    Role,
    RoleByArn,
    Stack,
    Trusted,
)
from factory.planning.plan import Plan
from factory.planning.written import Written
from factory.synthesis.launch_roles import LEDGER
from tests.planning.health.healthy import (
    CATALOG,
    DEV_ACCOUNT,
    EAST,
    ENVIRONMENT,
    EVERYTHING,
    HEALTHY,
    MANIFEST,
    OFFERED,
    ONE,
    PATTERN,
    PLACE,
    PORTFOLIO,
    PRODUCT,
    QUEUE,
    READS,
    TAGGED,
    observing,
    option,
    with_account,
    with_bucket,
    with_key,
    with_launch,
    with_options,
    with_principals,
    with_region,
    with_role,
)

BOOTSTRAP, PUBLISH = "factory bootstrap", "factory publish -e dev"
FORGET = f"take it out of `access` in portfolios/teams.yaml, {PUBLISH}"
AGAIN = "factory launch queue -e dev --name orders"
MORE_EXECUTIONS = (
    "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 "
    "--desired-value 1000 --region us-east-1"
)
DEPRECATED = Version(name=ONE, digest=Digest("a" * 64), guidance=Guidance.DEPRECATED)
EXACT = Principal(arn="arn:aws:iam::222222222222:role/gone", type=PrincipalType.IAM)
STRANGER = Share(target=ShareTarget.ACCOUNT, id="999999999999")
UNIT = Share(target=ShareTarget.ORGANIZATIONAL_UNIT, id="ou-1")
IN_UNIT = replace(OFFERED, shares=frozenset({UNIT}))
GONE = Damage(region=EAST, product=QUEUE, version=ONE, bucket="b", key="templates/k", code="NoSuchKey")

PIPELINE = replace(MANIFEST, hub=replace(MANIFEST.hub, pipeline=Pipeline(connection="arn", repository="acme/catalog")))
PLAN = Written(path="buildspecs/plan.yml", text=None, wanted="new", version="2.0.0")
OLD_PLAN = replace(PLAN, wanted="old", version="1.0.0").marked
UPDATE = "factory init --update"

CASES = {
    # check, severity, owner, message, mend
    "refused": (
        replace(HEALTHY, refusals=(Refusal(owner="dev", subject="roles", code="AccessDenied", message="no"),)),
        ("answers", "error", "dev", "AccessDenied: no", None),
    ),
    "no stack": (
        with_region(1, stacks=(Stack(name="factory-account"),)),
        ("account-stacks", "error", "dev", "it is not there", BOOTSTRAP),
    ),
    "no buildspec for the pipeline": (
        replace(HEALTHY, manifest=PIPELINE, written=(PLAN,)),
        ("repository", "error", "hub", "it is not there, and the pipeline needs it", UPDATE),
    ),
    "a buildspec of an earlier version": (
        replace(HEALTHY, written=(replace(PLAN, text=OLD_PLAN),)),
        (
            "repository",
            "warning",
            "hub",
            "it is as product-factory 1.0.0 wrote it, and 2.0.0 writes another one",
            UPDATE,
        ),
    ),
    "a buildspec of a later version": (
        replace(HEALTHY, written=(replace(PLAN, text=replace(PLAN, wanted="newer", version="3.0.0").marked),)),
        (
            "repository",
            "warning",
            "hub",
            "product-factory 3.0.0 wrote it, and this is 2.0.0",
            "pip install --requirement requirements.txt",
        ),
    ),
    "a buildspec that was changed, of an earlier version": (
        replace(HEALTHY, written=(replace(PLAN, text=f"{OLD_PLAN} and more"),)),
        (
            "repository",
            "note",
            "hub",
            "product-factory 1.0.0 wrote it and somebody changed it; 2.0.0 writes another one",
            f"{UPDATE}, which shows both, or delete its first line",
        ),
    ),
    "a stack behind": (
        with_region(1, stacks=(Stack(name="factory-account", status="UPDATE_COMPLETE", current=False),)),
        ("account-stacks", "error", "dev", "it is behind its template or parameters", BOOTSTRAP),
    ),
    "a failed stack": (
        with_region(1, stacks=(Stack(name="factory-account", status="UPDATE_ROLLBACK_COMPLETE"),)),
        ("account-stacks", "error", "dev", "it is UPDATE_ROLLBACK_COMPLETE", BOOTSTRAP),
    ),
    "an account without the stack set": (
        with_region(1, stacks=(Stack(name="factory-launch-roles", of_stack_set=True),)),
        ("account-stacks", "error", "dev", "it is not there", BOOTSTRAP),
    ),
    "an account with an older stack set": (
        with_region(1, stacks=(Stack(name="factory-launch-roles", of_stack_set=True, status="OUTDATED"),)),
        ("account-stacks", "error", "dev", "it is OUTDATED", BOOTSTRAP),
    ),
    "no trusted access of stack sets": (
        replace(HEALTHY, untrusted={Trusted.STACK_SETS: BOOTSTRAP}),
        (
            "account-stacks",
            "error",
            "hub",
            "CloudFormation StackSets has no trusted access in it: no account gets launch roles",
            BOOTSTRAP,
        ),
    ),
    "trust": (
        with_role(trust=EVERYTHING),
        ("account-resources", "error", "dev", "its trust policy was changed by hand", BOOTSTRAP),
    ),
    "a policy less": (
        with_role(managed={}),
        ("account-resources", "error", "dev", "it lacks 1 of its policies, as made", BOOTSTRAP),
    ),
    "a policy of AWS": (
        with_role(managed={"arn:policy/x": READS, "arn:aws:iam::aws:policy/AdministratorAccess": ()}),
        (
            "account-resources",
            "error",
            "dev",
            "it has arn:aws:iam::aws:policy/AdministratorAccess besides",
            BOOTSTRAP,
        ),
    ),
    "an inline policy": (
        with_role(inline={"more": READS}),
        ("account-resources", "error", "dev", "it has more besides", BOOTSTRAP),
    ),
    "a boundary": (
        with_role(boundary="arn:b"),
        ("account-resources", "error", "dev", "its permissions boundary is arn:b, not none", BOOTSTRAP),
    ),
    "a parameter less": (
        with_region(1, parameters={LEDGER: "queue=0123456789ab"}),
        ("account-resources", "error", "dev", "it is not there", BOOTSTRAP),
    ),
    "a parameter": (
        with_region(1, parameters={LEDGER: "queue=0123456789ab", "/bucket": "other"}),
        ("account-resources", "error", "dev", "it is other, not artifacts", BOOTSTRAP),
    ),
    "no bucket": (
        with_region(0, bucket=None),
        ("account-resources", "error", "hub", "it is not there", BOOTSTRAP),
    ),
    "a public bucket": (
        with_bucket(blocks_public_access=False),
        ("account-resources", "error", "hub", "it does not block all public access", BOOTSTRAP),
    ),
    "a bucket policy": (
        with_bucket(policy=EVERYTHING),
        ("account-resources", "error", "hub", "its policy lacks 1 of its statements and has 1 others", BOOTSTRAP),
    ),
    "another encryption": (
        with_bucket(key=None),
        ("account-resources", "error", "hub", "it is not encrypted with a key of its own", BOOTSTRAP),
    ),
    "no rotation": (with_key(rotates=False), ("account-resources", "error", "hub", "it does not rotate", BOOTSTRAP)),
    "a key that ends": (
        with_key(state="PendingDeletion"),
        ("account-resources", "error", "hub", "it is PendingDeletion, not Enabled", BOOTSTRAP),
    ),
    "a key policy": (
        with_key(policy=()),
        ("account-resources", "error", "hub", "its policy lacks 1 of its statements", BOOTSTRAP),
    ),
    "a new account": (
        with_region(1, unreserved=10),
        (
            "concurrency",
            "error",
            "dev",
            "10 executions at once are reserved by no function, so 0 can be",
            MORE_EXECUTIONS,
        ),
    ),
    "an account with many functions": (
        with_region(1, unreserved=120),
        (
            "concurrency",
            "warning",
            "dev",
            "120 executions at once are reserved by no function, so 20 can be",
            MORE_EXECUTIONS,
        ),
    ),
    "a region": (
        with_region(1, enabled=False),
        (
            "regions",
            "error",
            "dev",
            "it is not enabled in account 222222222222",
            "aws account enable-region --region-name us-east-1",
        ),
    ),
    "no launch constraint": (
        observing(replace(OFFERED, constraints=frozenset())),
        (
            "launch-roles",
            "error",
            "dev",
            "it has no launch constraint: whoever launches it needs every permission that it needs",
            PUBLISH,
        ),
    ),
    "a role by ARN": (
        replace(
            HEALTHY,
            roles_by_arn=(
                RoleByArn(
                    place=PLACE,
                    portfolio=PORTFOLIO,
                    product=QUEUE,
                    id="cons-1",
                    arn="arn:aws:iam::111111111111:role/mine",
                ),
            ),
        ),
        (
            "launch-roles",
            "error",
            "dev",
            "its launch constraint names the role by ARN, arn:aws:iam::111111111111:role/mine: other accounts can't "
            "launch with it",
            "aws servicecatalog update-constraint --id cons-1 --region us-east-1 "
            """--parameters '{"LocalRoleName": "mine"}'""",
        ),
    ),
    "a share less": (
        observing(replace(OFFERED, shares=frozenset())),
        ("shares", "error", "dev", "it is not shared to it", PUBLISH),
    ),
    "a share not accepted": (
        observing(
            replace(OFFERED, shares=frozenset({Share(target=ShareTarget.ACCOUNT, id=DEV_ACCOUNT, accepted=False)}))
        ),
        ("shares", "error", "dev", "the account did not accept the share", PUBLISH),
    ),
    "a share more": (
        observing(replace(OFFERED, shares=OFFERED.shares | {STRANGER})),
        ("shares", "error", "dev", "it is shared to it, which no manifest says", PUBLISH),
    ),
    "no trusted access": (
        replace(HEALTHY, untrusted={Trusted.CATALOG: "aws servicecatalog enable-aws-organizations-access"}),
        (
            "shares",
            "error",
            "hub",
            "Service Catalog has no trusted access in it: no organization share is made or updated",
            "aws servicecatalog enable-aws-organizations-access",
        ),
    ),
    "a share that did not arrive": (
        replace(
            HEALTHY,
            observed=replace(CATALOG, portfolios=(IN_UNIT,)),
            desired=replace(CATALOG, portfolios=(IN_UNIT,)),
            arrived={PLACE: frozenset()},
        ),
        (
            "shares",
            "error",
            "dev",
            "the share did not arrive in the environment's account: is it in the unit or organization?",
            f"{PUBLISH}, once somebody deleted the share",
        ),
    ),
    "everybody": (
        with_principals(Principal(arn="arn:aws:iam:::role/*")),
        (
            "principals",
            "warning",
            "dev",
            "arn:aws:iam:::role/* matches every role: whoever may create one may launch",
            FORGET,
        ),
    ),
    "nobody": (
        with_principals(EXACT),
        ("principals", "warning", "dev", f"{EXACT.arn} is not there", f"create it, or {FORGET}"),
    ),
    "a principal more": (
        observing(replace(OFFERED, principals=frozenset({PATTERN, Principal(arn="arn:aws:iam:::role/factory-*")}))),
        ("principals", "warning", "dev", "arn:aws:iam:::role/factory-* may launch, which no manifest says", PUBLISH),
    ),
    "a principal less": (
        observing(replace(OFFERED, principals=frozenset())),
        ("principals", "error", "dev", f"{PATTERN.arn} may not launch, although the manifest says so", PUBLISH),
    ),
    "an object that publish brings back": (
        replace(HEALTHY, damages=(replace(GONE, by_publish=True, good="v1"),)),
        ("artifacts", "error", "hub", "templates/k in b, for dev: it is not there", PUBLISH),
    ),
    "an object that was overwritten": (
        replace(HEALTHY, damages=(replace(GONE, code="DigestMismatch", good="v1"),)),
        (
            "artifacts",
            "error",
            "hub",
            "templates/k in b, for dev: its bytes are not those of its name",
            "aws s3api copy-object --bucket b --key templates/k --copy-source 'b/templates/k?versionId=v1' "
            "--region us-east-1",
        ),
    ),
    "an object without a copy": (
        replace(HEALTHY, damages=(GONE,)),
        (
            "artifacts",
            "error",
            "hub",
            "templates/k in b, for dev: it is not there",
            "factory release queue, then factory publish: no copy is left",
        ),
    ),
    "tag options in conflict": (
        with_options({"t-1": option("a")}, active={"t-2": option("b")}),
        (
            "tag-options",
            "error",
            "dev",
            "of tag option Class it has b, portfolio teams has a: nothing in common",
            "aws servicecatalog disassociate-tag-option-from-resource --resource-id prod-1 --tag-option-id t-2 "
            "--region us-east-1",
        ),
    ),
    "a product's tag outside of the tag options": (
        with_options({"t-1": option("a")}, tags=(("Class", "b"),)),
        (
            "tag-options",
            "warning",
            "dev",
            "its tag Class=b is none of the values of portfolio teams",
            f"take Class out of tag-options in portfolios/teams.yaml, {PUBLISH}",
        ),
    ),
    "an inactive tag option": (
        replace(HEALTHY, tagged=(replace(TAGGED, inactive={"t-1": option("a")}),)),
        ("tag-options", "warning", "dev", "tag option Class=a is inactive", PUBLISH),
    ),
    "a portfolio's own tag": (
        replace(HEALTHY, tagged=(replace(TAGGED, active={"t-1": option("a")}, tags=(("Class", "b"),)),)),
        (
            "tag-options",
            "warning",
            "dev",
            "tag Class=b has the key of tag option Class=a",
            "aws servicecatalog disassociate-tag-option-from-resource --resource-id port-1 --tag-option-id t-1 "
            "--region us-east-1",
        ),
    ),
    "guidance": (
        observing(product=replace(PRODUCT, versions=(DEPRECATED,))),
        ("versions", "error", "dev", "its guidance is DEPRECATED, not DEFAULT", PUBLISH),
    ),
    "a version switched off": (
        observing(product=replace(PRODUCT, versions=(replace(PRODUCT.versions[0], active=False),))),
        ("versions", "error", "dev", "it is inactive, and the manifest offers it", PUBLISH),
    ),
    "only deprecated versions": (
        observing(
            product=replace(PRODUCT, versions=(DEPRECATED,)),
            desired=replace(CATALOG, products=(replace(PRODUCT, versions=(DEPRECATED,)),)),
        ),
        (
            "versions",
            "warning",
            "dev",
            "every active version is deprecated: nobody can launch it anew",
            f"offer a newer version in the portfolio, {PUBLISH}",
        ),
    ),
    "changes": (
        replace(HEALTHY, plan=Plan(actions=(RemoveShare(place=PLACE, portfolio=PORTFOLIO, share=STRANGER),))),
        ("catalog", "warning", "dev", "1 change to make: factory plan -e dev", PUBLISH),
    ),
    "no plan": (
        replace(HEALTHY, unplanned=Refusal(owner=HUB, subject="", code="", message="no", hint="factory release queue")),
        ("catalog", "error", "hub", "no plan can be made: no", "factory release queue"),
    ),
    "a product that nobody names": (
        replace(HEALTHY, desired=replace(CATALOG, products=())),
        ("ownership", "warning", "dev", "no manifest names it", f"{PUBLISH} --prune"),
    ),
    "a failed launch": (
        with_launch(status="ERROR", message="no"),
        (
            "launches",
            "error",
            "dev",
            "it failed (no): it can't be updated, only ended and launched anew",
            "factory terminate orders -e dev",
        ),
    ),
    "a tainted launch": (
        with_launch(status="TAINTED"),
        ("launches", "warning", "dev", "its last update failed and was rolled back", AGAIN),
    ),
    "a launch that does not end": (
        with_launch(status="UNDER_CHANGE", hours=5.2),
        ("launches", "warning", "dev", "it has been UNDER_CHANGE for 5 hours", AGAIN),
    ),
    "a launch of an inactive version": (
        with_launch(offered=False),
        ("launches", "warning", "dev", "its version 1.0.0 is inactive", AGAIN),
    ),
    "a quota of one's own": (
        replace(HEALTHY, hub_regions=(HubRegion(region=EAST, portfolios=8, products=1, quotas={"L-C6458716": 10.0}),)),
        (
            "quotas",
            "warning",
            "hub",
            "8 of 10 portfolios in the region",
            "aws service-quotas request-service-quota-increase --service-code servicecatalog "
            "--quota-code L-C6458716 --desired-value 15 --region us-east-1",
        ),
    ),
    "a documented quota": (
        replace(HEALTHY, hub_regions=(HubRegion(region=EAST, portfolios=1, products=350),)),
        (
            "quotas",
            "error",
            "hub",
            "350 of 350 products in the region, as documented",
            "aws service-quotas request-service-quota-increase --service-code servicecatalog "
            "--quota-code L-764CF6A1 --desired-value 525 --region us-east-1",
        ),
    ),
}


def test_facts_in_order_give_no_finding() -> None:
    assert examine(HEALTHY) == ()


@pytest.mark.parametrize("case", list(CASES))
def test_one_thing_wrong_gives_one_finding(case: str) -> None:
    facts, (check, severity, owner, message, mend) = CASES[case]
    (finding,) = examine(facts)
    assert (finding.check, finding.severity.value, finding.owner, finding.message) == (check, severity, owner, message)
    assert finding.mend == mend or (mend is None and finding.mend)


def test_every_check_has_a_case_and_says_what_comes_of_it() -> None:
    assert {check for _, (check, *_) in CASES.values()} == {check.name for check in known()}
    assert all(check.title and check.meaning.endswith(".") for check in known())


def test_a_role_behind_is_found_in_the_account_and_at_what_was_launched_with_it() -> None:
    (region,) = HEALTHY.accounts[1].regions
    newer = replace(region.wanted, parameters={**region.wanted.parameters, LEDGER: "queue=ffffffffffff"})
    found = examine(with_region(1, wanted=newer))
    assert {(item.check, item.message, item.mend) for item in found} == {
        ("account-resources", "it is queue=0123456789ab, not queue=ffffffffffff", BOOTSTRAP),
        ("launch-roles", "it is behind its templates", BOOTSTRAP),
        ("launches", "the launch role of queue is behind: an update fails half way", BOOTSTRAP),
    }


def test_roles_of_other_people_must_be_there_and_no_administrators() -> None:
    constraint = LaunchConstraint(product=QUEUE, local_role_name="theirs")
    facts = observing(replace(OFFERED, constraints=frozenset({constraint})))
    assert {(item.owner, item.message) for item in examine(facts)} == {
        (owner, "it is not there, and queue is launched with it") for owner in ("hub", "dev")
    }
    wide = Role(name="theirs", managed={"arn:aws:iam::aws:policy/AdministratorAccess": ()}, inline={"all": EVERYTHING})
    accounts = tuple(
        replace(item, identities=Identities(roles=(*item.identities.roles, wide) if item.identities else ()))
        for item in facts.accounts
    )
    found = examine(replace(facts, accounts=accounts))
    assert {item.severity for item in found} == {Severity.WARNING}
    assert {item.mend for item in found} == {
        "aws iam detach-role-policy --role-name theirs --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
        "aws iam delete-role-policy --role-name theirs --policy-name all",
    }


def test_patterns_that_match_nobody_are_noted_and_leave_the_account_clean() -> None:
    found = examine(with_principals(Principal(arn="arn:aws:iam:::role/nobody-*")))
    assert [(item.severity, item.check) for item in found] == [(Severity.NOTE, "principals")]
    assert unhealthy(found) == []


def test_an_absent_principal_is_to_be_created_first() -> None:
    wanted = replace(OFFERED, principals=frozenset({PATTERN, EXACT}))
    (finding,) = examine(replace(HEALTHY, desired=replace(CATALOG, portfolios=(wanted,))))
    assert finding.message == f"{EXACT.arn} is not there, and so may not launch"
    assert finding.mend.startswith("create it, or ")


def test_what_was_not_read_gives_no_finding() -> None:
    blind = Account(owner="dev", id=DEV_ACCOUNT)
    facts = Facts(manifest=MANIFEST, environments=(ENVIRONMENT,), accounts=(blind,))
    assert examine(facts) == ()
    (region,) = HEALTHY.accounts[0].regions
    unread = replace(region, parameters=None, bucket=None, bucket_read=False, stacks=())
    assert examine(with_account(0, identities=None, regions=(unread,))) == ()


def test_what_no_manifest_offers_is_copied_from_the_history() -> None:
    retired = replace(GONE, version=VersionName("0.9.0"), by_publish=True, good="v1")
    (finding,) = examine(replace(HEALTHY, damages=(retired,)))
    assert finding.message == "templates/k in b: it is not there"
    assert finding.mend.startswith("aws s3api copy-object --bucket b --key templates/k ")


def test_the_gravest_comes_first() -> None:
    found = examine(replace(with_launch(status="TAINTED"), untrusted={Trusted.CATALOG: "factory bootstrap"}))
    assert [item.severity for item in found] == [Severity.ERROR, Severity.WARNING]


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:aws:iam:::role/team-*", "arn:aws:iam::222222222222:role/team-a", True),
        ("arn:aws:iam:::role/team-?", "arn:aws:iam::222222222222:role/team-ab", False),
        ("arn:aws:iam:::role/team-*", "arn:aws:iam::222222222222:user/team-a", False),
        ("arn:aws:iam:::role/a.b", "arn:aws:iam::222222222222:role/axb", False),
        ("arn:aws:iam:::role/aws-reserved/*/Admin_*", "arn:aws:iam::2:role/aws-reserved/sso/eu/Admin_1", True),
    ],
)
def test_patterns_match_as_service_catalog_has_it(pattern: str, arn: str, expected: bool) -> None:
    assert matches(Principal(arn=pattern), arn) is expected
