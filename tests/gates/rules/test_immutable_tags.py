"""House rule E9712: what is in an image does not change under its tag."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

REPOSITORY = "AWS::ECR::Repository"


@pytest.mark.parametrize(
    "good",
    [
        resource(REPOSITORY, ImageTagMutability="IMMUTABLE"),
        resource("AWS::ECR::RepositoryCreationTemplate", ImageTagMutability="IMMUTABLE"),
    ],
)
def test_immutable_tags_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9712", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(REPOSITORY), "ImageTagMutability is not one of IMMUTABLE"),
        (resource(REPOSITORY, ImageTagMutability="MUTABLE"), "is not one of IMMUTABLE"),
        (resource(REPOSITORY, ImageTagMutability={"Fn::If": ["IsWanted", "IMMUTABLE", NOTHING]}), "when Wanted=false"),
    ],
)
def test_others_are_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9712", bad, **IF_WANTED)
    assert message in found
