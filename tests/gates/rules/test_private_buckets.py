"""House rule E9106: nothing can make a bucket public."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

BLOCKS = dict.fromkeys(("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True)
OWNED = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def bucket(**changes: Any) -> dict[str, Any]:
    properties = {"PublicAccessBlockConfiguration": BLOCKS, "OwnershipControls": OWNED, **changes}
    return resource("AWS::S3::Bucket", **properties)


def access_point(**block: Any) -> dict[str, Any]:
    return resource("AWS::S3::AccessPoint", Bucket="orders", PublicAccessBlockConfiguration=block)


@pytest.mark.parametrize("good", [bucket(), bucket(AccessControl="Private"), access_point(), access_point(**BLOCKS)])
def test_a_private_bucket_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9106", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource("AWS::S3::Bucket"), "BlockPublicAcls is not true"),
        *((bucket(PublicAccessBlockConfiguration={**BLOCKS, name: False}), f"{name} is not true") for name in BLOCKS),
        (
            bucket(PublicAccessBlockConfiguration={"Fn::If": ["IsWanted", BLOCKS, NOTHING]}),
            "RestrictPublicBuckets is not true when Wanted=false",
        ),
        (bucket(OwnershipControls=NOTHING), "OwnershipControls.Rules is not set"),
        (bucket(OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}), "is not BucketOwnerEnforced"),
        (bucket(AccessControl="PublicRead"), "AccessControl is not Private"),
        (bucket(AccessControl={"Fn::If": ["IsWanted", "PublicRead", NOTHING]}), "AccessControl is not Private when"),
        (access_point(BlockPublicPolicy=False), "BlockPublicPolicy is not true"),
    ],
)
def test_a_bucket_that_can_be_opened_is_found(bad: dict[str, Any], message: str) -> None:
    assert any(message in found for found in ask("E9106", bad, **IF_WANTED))
