"""What is launched under a name now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.errors import NOT_FOUND, code_of
from factory.aws.launch.instances import STACK_SET
from factory.aws.launch.values import LaunchStatus
from factory.aws.launch.watching import outputs_of, stack_of
from factory.catalog.model import Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """A provisioned product as Service Catalog describes it."""

    id: str
    name: str
    product_id: str
    version_id: str
    status: LaunchStatus
    message: str
    last_record: str
    path_id: str
    stack: str | None
    """The id of its stack, as far as a launch or update came to have one."""
    outputs: Tags
    is_stack_set: bool = False


def listed(item: dict[str, Any]) -> Current:
    """A launch as SearchProvisionedProducts lists it: by which portfolio, and with what outputs, it does not tell."""
    return Current(
        id=item["Id"],
        name=item["Name"],
        product_id=item["ProductId"],
        version_id=item["ProvisioningArtifactId"],
        status=LaunchStatus(item["Status"]),
        message=item.get("StatusMessage", ""),
        last_record=item["LastRecordId"],
        path_id="",
        stack=item.get("PhysicalId"),
        outputs=(),
        is_stack_set=item.get("Type") == STACK_SET,
    )


def find_current(catalog: Any, name: str) -> Current | None:
    """The provisioned product of that name, if there is one."""
    try:
        detail = catalog.describe_provisioned_product(Name=name)["ProvisionedProductDetail"]
    except ClientError as error:
        if code_of(error) == NOT_FOUND:
            return None
        raise
    # A failed request has neither outputs nor, before there was a stack, the stack's id.
    record = detail.get("LastSuccessfulProvisioningRecordId") or detail["LastProvisioningRecordId"]
    answer = catalog.describe_record(Id=record)
    return Current(
        id=detail["Id"],
        name=detail["Name"],
        product_id=detail["ProductId"],
        version_id=detail["ProvisioningArtifactId"],
        status=LaunchStatus(detail["Status"]),
        message=detail.get("StatusMessage", ""),
        last_record=detail["LastRecordId"],
        path_id=answer["RecordDetail"].get("PathId", ""),
        stack=stack_of(answer),
        outputs=outputs_of(catalog, record, answer),
        is_stack_set=detail.get("Type") == STACK_SET,
    )
