"""House rule: buckets say how long they keep what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.gates import house
from factory.gates.resources import Resource

_RULES = "LifecycleConfiguration.Rules"
# Ways to say what becomes of objects, or of their old versions, with time.
_ENDS = (
    "ExpirationDate",
    "ExpirationInDays",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionExpirationInDays",
    "NoncurrentVersionTransition",
    "NoncurrentVersionTransitions",
    "Transition",
    "Transitions",
)


class BucketLifecycle(house.HouseRule):
    """A bucket says what becomes of its objects with time, and ends uploads that nobody finishes."""

    id = "E9111"
    shortdesc = "Bucket lifecycle"
    description = (
        "Without a lifecycle every version, and every piece of an abandoned upload, is kept and paid for ever."
    )
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html"
    mend = "Give it an enabled rule with an expiration or transition, and AbortIncompleteMultipartUpload."
    controls = (
        "nist-800-53/SI-12",
        "nist-800-53/CP-9",
        "soc2/C1.2",
        "pci-dss/3.2",
        "gdpr/25",
    )
    types = frozenset({"AWS::S3::Bucket"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the rules that are enabled."""
        rules: list[Any] = [rule for rule in resource.items(_RULES) if isinstance(rule, dict)]
        enabled = [rule for rule in rules if rule.get("Status") == "Enabled"]
        if not any(name in rule for rule in enabled for name in _ENDS):
            yield house.Problem(message="no lifecycle rule says what becomes of its objects", at=_RULES)
        if not any("AbortIncompleteMultipartUpload" in rule for rule in enabled):
            yield house.Problem(message="no lifecycle rule ends abandoned uploads", at=_RULES)
