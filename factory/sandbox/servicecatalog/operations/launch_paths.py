"""What there is to know before a launch: the paths to a product and the parameters of a version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from factory.sandbox.servicecatalog import templates, views
from factory.sandbox.servicecatalog.errors import not_found
from factory.sandbox.servicecatalog.offers import Offer, summaries
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.visibility import (
    choose_path,
    launch_paths,
    launchable_product,
    launchable_version,
)


@operation("ListLaunchPaths")
def list_launch_paths(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The caller's paths to a product."""
    region, caller = request.region, request.caller
    product = launchable_product(region, caller, request.now, parameters["ProductId"], None)
    paths = launch_paths(region, product.id, caller, request.now)
    if not paths:
        raise not_found(f"No launch paths found for resource: {product.id}")
    shown, token = page(paths, parameters, request.operation)
    return {
        "LaunchPathSummaries": [
            {
                "Id": path.id,
                "Name": path.portfolio.display_name,
                "ConstraintSummaries": summaries(region.constraints_on(path.portfolio.id, product.id)),
                "Tags": views.tag_list(path.portfolio.tags),
            }
            for path in shown
        ],
        "NextPageToken": token,
    }


@operation("DescribeProvisioningParameters")
def describe_provisioning_parameters(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, rules, role and tag options of a launch by a path."""
    region, caller, now = request.region, request.caller, request.now
    product = launchable_product(region, caller, now, parameters.get("ProductId"), parameters.get("ProductName"))
    path = choose_path(region, product, caller, now, parameters.get("PathId"), parameters.get("PathName"))
    version = launchable_version(
        region,
        product,
        parameters.get("ProvisioningArtifactId"),
        parameters.get("ProvisioningArtifactName"),
        now,
    )
    template = templates.parse(version.template)
    offer = Offer(request, path.portfolio, product)
    return {
        "ProvisioningArtifactParameters": templates.describe_parameters(template),
        "ConstraintSummaries": summaries(offer.constraints),
        "UsageInstructions": _instructions(offer, template),
        "TagOptions": [{"Key": key, "Values": values} for key, values in offer.tag_options().items()],
        "ProvisioningArtifactPreferences": _preferences(offer),
        "ProvisioningArtifactOutputKeys": [
            {"Key": key, "Description": description}
            for key, description in templates.output_descriptions(template).items()
        ],
    }


def _preferences(offer: Offer) -> dict[str, list[str]]:
    settings = offer.stack_set()
    if settings is None:
        return {}
    return {"StackSetAccounts": list(settings.accounts), "StackSetRegions": list(settings.regions)}


def _instructions(offer: Offer, template: Mapping[str, Any]) -> list[dict[str, str]]:
    rules = {name: rule for given in offer.rules().values() for name, rule in templates.rules_of(given).items()}
    role = offer.launch_role_arn()
    instructions = {
        "rules": json.dumps(rules),
        "version": str(template.get("AWSTemplateFormatVersion", "")),
        **({"launchAsRole": role} if role else {}),
        "tagUpdateOnProvisionedProduct": offer.tag_update(),
    }
    return [{"Type": kind, "Value": value} for kind, value in instructions.items()]
