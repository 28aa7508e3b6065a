"""Gives named launches of this account another image, and changes nothing else about them.

IAM cannot limit an update of a launch to some launches or some parameters (Service Authorization Reference,
"Service Catalog"): whoever may call this function can do no more than what it does.
"""

import hashlib
import os
import re

import boto3

IMAGE = "Image"
"""The parameter of a service that holds its image."""
PATHS = "Paths"
"""The parameter of a service that holds the patterns of its paths, where it has such."""
REFERENCE = re.compile(
    r"(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[a-z0-9._/-]+(:[\w.-]{1,128}|@sha256:[0-9a-f]{64})"
)
CHANGING = ("UNDER_CHANGE", "PLAN_IN_PROGRESS")
ENDS = {"SUCCEEDED": "DONE", "FAILED": "FAILED"}
NOTHING = "No updates are to be performed"
CANCELLED = "Resource update cancelled"


def handler(event, _context):
    """Carry out `describe`, `update` or `watch` of the launch that the event names."""
    launch = event["launch"]
    if launch not in os.environ["LAUNCHES"].split(","):
        raise PermissionError(f"launch {launch}: pipelines may not update it here; name it in the launch of ci-access")
    steps = {"describe": describe, "update": update, "watch": watch}
    if event["do"] not in steps:
        raise ValueError(f"{event['do']} is none of {', '.join(steps)}")
    return steps[event["do"]](boto3.client("servicecatalog"), launch, event)


def describe(catalog, launch, _event):
    """What the launch runs now: its image, and whether somebody is changing it."""
    detail = found(catalog, launch)
    status = "RUNNING" if detail["Status"] in CHANGING else "DONE"
    return {"image": current_image(catalog, detail), "status": status}


def update(catalog, launch, event):
    """Begin to change the image; an image that runs already changes nothing, and the record is empty."""
    image, detail = checked(event["image"]), found(catalog, launch)
    if image == current_image(catalog, detail):
        return {"record": ""}
    path = last_record(catalog, detail)["RecordDetail"].get("PathId")
    version = {"ProductId": detail["ProductId"], "ProvisioningArtifactId": detail["ProvisioningArtifactId"]}
    if path:
        version["PathId"] = path
    asked = catalog.describe_provisioning_parameters(**version)["ProvisioningArtifactParameters"]
    names = [parameter["ParameterKey"] for parameter in asked]
    if IMAGE not in names:
        raise ValueError(f"launch {launch}: its product has no parameter {IMAGE}")
    # What is left out of an update goes back to its default.
    kept = [{"Key": name, "UsePreviousValue": True} for name in names if name != IMAGE]
    token = hashlib.sha256(f"{detail['Id']} {image} {event['key']}".encode()).hexdigest()
    begun = catalog.update_provisioned_product(
        ProvisionedProductName=launch,
        ProvisioningParameters=[{"Key": IMAGE, "Value": image}, *kept],
        UpdateToken=token,
        **version,
    )
    return {"record": begun["RecordDetail"]["RecordId"]}


def watch(catalog, launch, event):
    """How an update goes: RUNNING, FAILED for these reasons, or DONE with these outputs, at this path."""
    reasons, status = [], "DONE"
    if event["record"]:
        record = catalog.describe_record(Id=event["record"])
        if record["RecordDetail"]["ProvisionedProductName"] != launch:
            raise PermissionError(f"record {event['record']}: it is not of launch {launch}")
        status = ENDS.get(record["RecordDetail"]["Status"], "RUNNING")
        reasons = [error["Description"] for error in record["RecordDetail"].get("RecordErrors", [])]
        if status == "FAILED" and any(NOTHING in reason for reason in reasons):
            status, reasons = "DONE", []
    answer = {"status": status, "reasons": reasons, "outputs": {}}
    if status == "FAILED":
        reasons += failures(stack_of(catalog, found(catalog, launch)))
    if status == "DONE":
        answer |= {"outputs": outputs_of(catalog, launch), "path": first_path(catalog, found(catalog, launch))}
    return answer


def found(catalog, launch):
    """The launch as Service Catalog describes it."""
    return catalog.describe_provisioned_product(Name=launch)["ProvisionedProductDetail"]


def checked(image):
    """An image of one of the registries that deployments come from."""
    named = REFERENCE.fullmatch(image)
    if not named or named[1] not in os.environ["REGISTRIES"].split(","):
        raise PermissionError(f"image {image}: it is not in the registry of {os.environ['REGISTRIES']}")
    return image


def last_record(catalog, detail):
    """What was last done to the launch with success."""
    record = detail.get("LastSuccessfulProvisioningRecordId") or detail["LastProvisioningRecordId"]
    return catalog.describe_record(Id=record)


def stack_of(catalog, detail):
    """The id of the launch's stack, which the outputs of its records name."""
    for output in last_record(catalog, detail)["RecordOutputs"]:
        if output["OutputKey"] == "CloudformationStackARN":
            return output["OutputValue"]
    raise ValueError(f"launch {detail['Name']}: it has no stack")


def parameters(catalog, detail):
    """The parameters of the launch's stack."""
    stacks = boto3.client("cloudformation").describe_stacks(StackName=stack_of(catalog, detail))["Stacks"]
    return {item["ParameterKey"]: item.get("ParameterValue", "") for item in stacks[0]["Parameters"]}


def current_image(catalog, detail):
    """The image of the launch."""
    return parameters(catalog, detail).get(IMAGE, "")


def first_path(catalog, detail):
    """A path under which the service is reached: the first of its patterns, up to what stands for any characters."""
    pattern = parameters(catalog, detail).get(PATHS, "/").split(",")[0]
    return re.split("[*?]", pattern)[0]


def failures(stack):
    """The resources that made a stack's last update fail, with their reasons, the first one first."""
    events = boto3.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack)
    reasons = []
    for event in (event for page in events for event in page["StackEvents"]):
        if event["PhysicalResourceId"] == stack and event["ResourceStatus"] == "UPDATE_IN_PROGRESS":
            break
        reason = event.get("ResourceStatusReason", "")
        if event["ResourceStatus"].endswith("_FAILED") and not reason.startswith(CANCELLED):
            reasons.append(f"{event['LogicalResourceId']}: {reason}")
    return reasons[::-1]


def outputs_of(catalog, launch):
    """What the launch shows to whoever launched it."""
    outputs, more = {}, {}
    while True:
        page = catalog.get_provisioned_product_outputs(ProvisionedProductName=launch, **more)
        outputs |= {output["OutputKey"]: output["OutputValue"] for output in page["Outputs"]}
        if not page.get("NextPageToken"):
            return outputs
        more = {"PageToken": page["NextPageToken"]}
