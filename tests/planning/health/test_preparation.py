"""What accounts have to have, read off the templates themselves."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from factory.planning.health.facts import Account, AccountRegion, Identities, Prepared, Role
from factory.planning.health.policies import statements
from factory.planning.health.preparation import Sort, account_deviations, wanted
from factory.synthesis.account import PIPELINE_PUBLISHER
from tests.planning.health.healthy import EAST, EVERYTHING, HUB_ACCOUNT
from tests.sample_pipeline import CONNECTION, sample_pipeline

BUILD = statements({"Statement": {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "arn:any"}})


@pytest.fixture(scope="module")
def prepared() -> Prepared:
    """What the pipeline's stack has in the hub."""
    return wanted(HUB_ACCOUNT, EAST, (json.loads(sample_pipeline()), {"Connection": CONNECTION}))


def test_the_pipelines_roles_are_known_and_its_bucket_is_none_for_artifacts(prepared: Prepared) -> None:
    role = prepared.roles[PIPELINE_PUBLISHER]
    assert role.trust
    assert prepared.bucket is None
    # They name the bucket and the key, which only the stack knows.
    assert set(role.inline.values()) == {None}


def test_a_policy_that_only_the_stack_knows_has_to_be_there(prepared: Prepared) -> None:
    role = prepared.roles[PIPELINE_PUBLISHER]

    def sorts(found: Role) -> list[Sort]:
        region = AccountRegion(wanted=replace(prepared, roles={role.name: role}))
        identities = Identities(roles=(found,))
        account = Account(owner="hub", id=HUB_ACCOUNT, identities=identities, regions=(region,))
        return [item.sort for item in account_deviations(account)]

    there = replace(role, inline=dict.fromkeys(role.inline, BUILD))
    assert sorts(there) == []
    assert sorts(replace(there, inline={})) == [Sort.POLICIES]
    assert sorts(replace(there, inline={**there.inline, "more": EVERYTHING})) == [Sort.POLICIES]
    assert sorts(replace(there, trust=EVERYTHING)) == [Sort.TRUST]
