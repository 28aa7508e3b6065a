"""House rule: what is done in the account is recorded, everywhere, for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from factory.gates import house, settings
from factory.gates.resources import Resource
from factory.gates.settings import anything, exactly, if_set

_BUCKET = "S3BucketName"
_SELECTORS = "AdvancedEventSelectors"


class AuditTrail(settings.SettingsRule):
    """A trail covers all regions and global services, is validated and watched, and its bucket can't be rewritten."""

    id = "E9406"
    shortdesc = "Audit trail"
    description = "Whoever breaks in works in the region that nobody watches, and deletes the record of it afterwards."
    source_url = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html"
    mend = "Set all of these on the trail, and give its bucket, of the same template, versions and an object lock."
    controls = (
        "nist-800-53/AU-2",
        "nist-800-53/AU-6",
        "nist-800-53/AU-9",
        "nist-800-53/AU-10",
        "nist-800-53/AU-12",
        "nist-800-53/SI-7",
        "soc2/CC7.2",
        "soc2/CC7.3",
        "cis-aws/3.1",
        "cis-aws/3.2",
        "pci-dss/10.2.1",
        "pci-dss/10.3.2",
        "platform/audit-trail",
    )
    wanted: ClassVar = {
        "AWS::CloudTrail::Trail": {
            "IsLogging": exactly(True),
            "IsMultiRegionTrail": exactly(True),
            "IncludeGlobalServiceEvents": exactly(True),
            "EnableLogFileValidation": exactly(True),
            "CloudWatchLogsLogGroupArn": anything(),
            "CloudWatchLogsRoleArn": anything(),
            "EventSelectors.*.IncludeManagementEvents": if_set(exactly(True)),
            "EventSelectors.*.ReadWriteType": if_set(exactly("All")),
            "EventSelectors.*.ExcludeManagementEventSources": if_set(exactly([])),
        }
    }

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Hold to the table, then look at what is recorded and at the bucket that keeps it."""
        yield from super().check(resource)
        selectors = resource.items(_SELECTORS)
        if selectors and not any(map(_takes_management, selectors)):
            yield house.Problem(message="no selector takes all management events", at=_SELECTORS)
        named = resource.get(_BUCKET)
        buckets = resource.world.resources("AWS::S3::Bucket")
        bucket = next((item for item in buckets if item.is_meant_by(named) or item.get("BucketName") == named), None)
        if bucket is None:
            yield house.Problem(
                message="its bucket is not of this template: nothing tells that it is locked", at=_BUCKET
            )
        elif not _is_locked(bucket):
            yield house.Problem(message=f"its bucket {bucket.name} has no object lock with a retention", at=_BUCKET)


def _takes_management(selector: Any) -> bool:
    fields = selector.get("FieldSelectors", []) if isinstance(selector, dict) else []
    return bool(fields == [{"Field": "eventCategory", "Equals": ["Management"]}])


def _is_locked(bucket: Resource) -> bool:
    rule = "ObjectLockConfiguration.Rule.DefaultRetention"
    return (
        settings.is_on(bucket.get("ObjectLockEnabled"))
        and bucket.get("VersioningConfiguration.Status") == "Enabled"
        and bucket.get(f"{rule}.Mode") in {"GOVERNANCE", "COMPLIANCE"}
        and any(bucket.get(f"{rule}.{unit}") is not None for unit in ("Days", "Years"))
    )
