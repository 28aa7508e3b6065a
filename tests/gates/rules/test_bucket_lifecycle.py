"""House rule E9111: buckets say how long they keep what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

EXPIRES = {"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}
ABORTS = {"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}


def bucket(*rules: Any) -> dict[str, Any]:
    return resource("AWS::S3::Bucket", LifecycleConfiguration={"Rules": list(rules)})


@pytest.mark.parametrize("good", [bucket(EXPIRES, ABORTS), bucket({**EXPIRES, **ABORTS, "ExpirationInDays": 365})])
def test_a_lifecycle_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9111", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource("AWS::S3::Bucket"), "says what becomes of its objects"),
        (bucket(ABORTS), "says what becomes of its objects"),
        (bucket(EXPIRES), "ends abandoned uploads"),
        (bucket({**EXPIRES, "Status": "Disabled"}, ABORTS), "says what becomes of its objects"),
        (
            bucket({**EXPIRES, "Status": {"Fn::If": ["IsWanted", "Enabled", "Disabled"]}}, ABORTS),
            "says what becomes of its objects when Wanted=false",
        ),
    ],
)
def test_a_bucket_that_only_grows_is_found(bad: dict[str, Any], message: str) -> None:
    assert any(message in found for found in ask("E9111", bad, **IF_WANTED))
