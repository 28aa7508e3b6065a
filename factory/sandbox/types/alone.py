"""Resources of which an account may have one in each region, where nothing but stacks remembers them."""

from __future__ import annotations

from factory.sandbox.types.plugin import Request


def others(request: Request, kind: str) -> list[str]:
    """Give the physical ids of all resources of a type in the account's region, the request's own left out."""
    cloudformation = request.client("cloudformation")
    stacks = [
        stack["StackName"]
        for page in cloudformation.get_paginator("describe_stacks").paginate()
        for stack in page["Stacks"]
        if not stack["StackStatus"].startswith("DELETE_COMPLETE")
    ]
    return [
        item["PhysicalResourceId"]
        for stack in stacks
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        for item in page["StackResourceSummaries"]
        if item["ResourceType"] == kind
        and item.get("PhysicalResourceId")
        and item["ResourceStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
        and (stack, item["LogicalResourceId"]) != (request.stack_name, request.logical_id)
    ]
