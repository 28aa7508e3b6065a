"""What people and machines read of a plan."""

from __future__ import annotations

import json
from dataclasses import replace

from factory.catalog.constraints.template import Template
from factory.catalog.model import (
    Guidance,
    Share,
    ShareTarget,
    TagOption,
    VersionName,
)
from factory.gates.difference import Change, Difference, Kind
from factory.planning.actions import (
    AcceptShare,
    Action,
    AddConstraint,
    AddPrincipal,
    AddShare,
    AddTagOption,
    AddVersion,
    AssociateProduct,
    CreatePortfolio,
    CreateProduct,
    DeletePortfolio,
    DeleteProduct,
    DeleteVersion,
    DisassociateProduct,
    RemoveConstraint,
    RemovePrincipal,
    RemoveShare,
    RemoveTagOption,
    UpdateConstraint,
    UpdatePortfolio,
    UpdateProduct,
    UpdateShare,
    UpdateVersion,
)
from factory.planning.plan import Plan
from factory.planning.render import Line, Style, summary, to_json, to_lines
from factory.planning.updates import Update
from tests.sample_catalog import DEV, EMPTY, LAUNCH, NETWORK, PLATFORM, PROD, PRODUCT, TEAM, V1

PORTFOLIO = replace(EMPTY, tags=(("Owner", "a"),))
SHARE = Share(target=ShareTarget.ORGANIZATION, id="o-a1b2c3d4e5")
CHANGED = replace(PORTFOLIO, display_name="The platform", description="New.", tags=(("Cost", "b"),))


def member(type_: type[Action], **values: object) -> Action:
    return type_(place=DEV, portfolio=PLATFORM, **values)  # type: ignore[call-arg]


EVERYTHING = Plan(
    actions=(
        CreatePortfolio(place=DEV, portfolio=PORTFOLIO),
        UpdatePortfolio(place=DEV, before=PORTFOLIO, after=CHANGED),
        CreateProduct(place=DEV, product=PRODUCT, version=V1),
        UpdateProduct(place=DEV, before=PRODUCT, after=replace(PRODUCT, support_email="help@example.com")),
        AddVersion(place=DEV, product=NETWORK, version=V1),
        UpdateVersion(place=DEV, product=NETWORK, before=V1, after=replace(V1, guidance=Guidance.DEPRECATED)),
        UpdateVersion(place=DEV, product=NETWORK, before=V1, after=replace(V1, active=False)),
        member(AddTagOption, tag_option=TagOption(key="CostCenter", value="shared")),
        member(AssociateProduct, product=NETWORK),
        member(AddConstraint, constraint=Template.allowing(NETWORK, "Zones", ("2", "3"))),
        member(UpdateConstraint, before=replace(LAUNCH, local_role_name="old"), constraint=LAUNCH),
        member(AddShare, share=SHARE),
        member(AcceptShare, share=Share(target=ShareTarget.ACCOUNT, id="222222222222")),
        member(UpdateShare, before=SHARE, share=replace(SHARE, share_principals=True)),
        member(AddPrincipal, principal=TEAM, in_hub=True),
        member(RemovePrincipal, principal=TEAM, in_hub=True),
        member(RemoveShare, share=SHARE),
        member(RemoveConstraint, constraint=LAUNCH),
        member(RemoveTagOption, tag_option=TagOption(key="CostCenter", value="shared")),
        member(DisassociateProduct, product=NETWORK),
        DeleteVersion(place=DEV, product=NETWORK, version=V1.name),
        DeleteProduct(place=DEV, product=NETWORK),
        DeletePortfolio(place=PROD, portfolio=PLATFORM),
    ),
    kept=("dev/us-east-1: portfolio old is not in the manifests; --prune removes it",),
)

TEXT = """\
dev/us-east-1
  + portfolio   platform
  ~ portfolio   platform                                   display name: Platform → The platform
                                                           description: (none) → New.
                                                           tag Cost: (none) → b
                                                           tag Owner: a → (none)
  + product     network                                    version 1.0.0
  ~ product     network                                    support email: (none) → help@example.com
  + version     network 1.0.0
  ~ version     network 1.0.0                              guidance: DEFAULT → DEPRECATED
  ~ version     network 1.0.0                              active: yes → no
  + tag option  CostCenter=shared on platform
  + offer       network in platform
  + constraint  TEMPLATE OnlyZones on network in platform  Zones must be 2 or 3 here.
  ~ constraint  LAUNCH on network in platform              content: role old → role factory-launch-network
  + share       platform with organization o-a1b2c3d4e5
  + acceptance  platform with account 222222222222
  ~ share       platform with organization o-a1b2c3d4e5    principals: no → yes
  + principal   arn:aws:iam:::role/team-* in platform
  - principal   arn:aws:iam:::role/team-* in platform
  - share       platform with organization o-a1b2c3d4e5
  - constraint  LAUNCH on network in platform
  - tag option  CostCenter=shared on platform
  - offer       network in platform
  - version     network 1.0.0
  - product     network
prod/us-east-1
  - portfolio   platform
dev/us-east-1: portfolio old is not in the manifests; --prune removes it
9 to create, 6 to update, 8 to remove in 2 places
"""


def test_a_plan_reads_as_a_table_by_place() -> None:
    assert "".join(f"{line.text}\n" for line in to_lines(EVERYTHING)) == TEXT


def test_every_line_says_what_it_is() -> None:
    plan = Plan(actions=(member(AddPrincipal, principal=TEAM, in_hub=True),), kept=("something",))
    assert [line.style for line in to_lines(plan)] == [Style.PLACE, Style.CREATE, Style.KEPT, Style.SUMMARY]


def test_a_further_detail_has_the_style_of_its_action() -> None:
    styles = {line.style for line in to_lines(EVERYTHING) if line.text.startswith(" " * 8)}
    assert styles == {Style.UPDATE}


def test_nothing_to_change() -> None:
    assert to_lines(Plan()) == (Line(text="nothing to change", style=Style.SUMMARY),)


def test_one_place_is_singular() -> None:
    assert summary(Plan(actions=EVERYTHING.actions[:1])) == "1 to create, 0 to update, 0 to remove in 1 place"


def test_rules_that_read_alike_are_shown_as_they_are() -> None:
    rule = {"Assertions": [{"Assert": {"Fn::Equals": ["1", "1"]}, "AssertDescription": "Not that."}]}
    other = {"Assertions": [{"Assert": {"Fn::Equals": ["2", "1"]}, "AssertDescription": "Not that."}]}
    action = member(
        UpdateConstraint,
        before=Template.of(NETWORK, {"Rule": rule}),
        constraint=Template.of(NETWORK, {"Rule": other}),
    )
    assert '["1","1"]' in action.details[0]
    assert '["2","1"]' in action.details[0]


def test_the_document_for_machines() -> None:
    plan = Plan(actions=EVERYTHING.actions[2:3], kept=EVERYTHING.kept)
    assert to_json(plan) == {
        "changes": [
            {
                "environment": "dev",
                "region": "us-east-1",
                "action": "create",
                "subject": "product network",
                "details": ["version 1.0.0"],
                "update": None,
            }
        ],
        "kept": ["dev/us-east-1: portfolio old is not in the manifests; --prune removes it"],
    }


def test_an_added_version_says_what_its_update_does() -> None:
    action = AddVersion(place=DEV, product=NETWORK, version=replace(V1, name=VersionName("2.0.0")))
    change = Change(kind=Kind.STATEFUL_REPLACED, subject="Table", type="AWS::DynamoDB::Table")
    update = Update(
        place=DEV,
        product=NETWORK,
        before=V1.name,
        after=VersionName("2.0.0"),
        difference=Difference(changes=(change,)),
    )
    plan = Plan(actions=(action,), updates=(update,))
    assert [line.text for line in to_lines(plan)[1:3]] == [
        "  + version  network 2.0.0  after 1.0.0: at least major: Table (AWS::DynamoDB::Table) replaced, holds data",
        "                            replaces, holds data: Table",
    ]
    (told,) = to_json(plan)["changes"]
    assert (told["update"]["from"], told["update"]["bump"]) == ("1.0.0", "major")


def test_the_document_is_json() -> None:
    assert json.loads(json.dumps(to_json(EVERYTHING))) == to_json(EVERYTHING)
