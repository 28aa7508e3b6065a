"""What ministack does not import into stacks, and CloudFormation does."""

from __future__ import annotations


def import_bucket_policies() -> None:
    """Let a bucket's policy come into a stack by an import, as CloudFormation does: it is identified by its bucket."""
    from ministack.services import cloudformation, s3
    from ministack.services.cloudformation import changesets, provisioners

    kind = "AWS::S3::BucketPolicy"

    def problem(bucket: str) -> str | None:
        if bucket not in s3._bucket_policies:
            absent: str = changesets._IMPORT_NOT_FOUND.format(type=kind, value=bucket)
            return absent
        for stack in cloudformation._stacks.values():
            for resource in stack.get("_resources", {}).values():
                if resource.get("ResourceType") == kind and resource["Properties"].get("Bucket") == bucket:
                    return f"{bucket} already exists in stack {stack['StackId']}"
        return None

    changesets._IMPORT_LOOKUPS[kind] = (("Bucket",), problem)
    provisioners._RESOURCE_HANDLERS[kind]["import"] = lambda identifier: (f"{identifier['Bucket']}-policy", {})
