"""House rule: nothing can make a bucket public."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings
from factory.gates.settings import anything, exactly, if_set

_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_BLOCK = "PublicAccessBlockConfiguration"


class PrivateBuckets(settings.SettingsRule):
    """A bucket blocks public access in all four ways and has no access control lists; so do its access points."""

    id = "E9106"
    shortdesc = "Public access to buckets blocked, no ACLs"
    description = "One policy or ACL, written later by anybody, opens an unblocked bucket to the whole internet."
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
    mend = "Take products.parts.buckets, or set the four blocks and ObjectOwnership BucketOwnerEnforced."
    controls = (
        "nist-800-53/AC-3",
        "nist-800-53/AC-6",
        "nist-800-53/AC-21",
        "nist-800-53/SC-7",
        "soc2/CC6.1",
        "soc2/CC6.6",
        "cis-aws/2.1.4",
        "pci-dss/1.4.4",
        "gdpr/25",
    )
    wanted: ClassVar = {
        "AWS::S3::Bucket": {
            **{f"{_BLOCK}.{block}": exactly(True) for block in _BLOCKS},
            "OwnershipControls.Rules": anything(),
            "OwnershipControls.Rules.*.ObjectOwnership": exactly("BucketOwnerEnforced"),
            "AccessControl": if_set(exactly("Private")),
        },
        # These block unless they are told not to.
        "AWS::S3::AccessPoint": {f"{_BLOCK}.{block}": if_set(exactly(True)) for block in _BLOCKS},
        "AWS::S3::MultiRegionAccessPoint": {f"{_BLOCK}.{block}": if_set(exactly(True)) for block in _BLOCKS},
    }
