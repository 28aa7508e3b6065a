"""Records as the API shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.servicecatalog import identifiers
from factory.sandbox.servicecatalog.attached import ServiceAction
from factory.sandbox.servicecatalog.planned import Plan
from factory.sandbox.servicecatalog.state import (
    Constraint,
    Output,
    Portfolio,
    Product,
    ProvisionedProduct,
    Record,
    Region,
    TagOption,
    Version,
)


def portfolio_arn(portfolio: Portfolio, region: Region) -> str:
    """A portfolio's ARN."""
    return identifiers.catalog_arn(region.name, portfolio.account, "portfolio", portfolio.id)


def product_arn(product: Product, region: Region) -> str:
    """A product's ARN."""
    return identifiers.catalog_arn(region.name, product.account, "product", product.id)


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as a list of keys and values."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def portfolio_detail(portfolio: Portfolio, region: Region) -> dict[str, Any]:
    """PortfolioDetail."""
    return {
        "Id": portfolio.id,
        "ARN": portfolio_arn(portfolio, region),
        "DisplayName": portfolio.display_name,
        "Description": portfolio.description,
        "CreatedTime": portfolio.created,
        "ProviderName": portfolio.provider_name,
    }


def product_summary(product: Product) -> dict[str, Any]:
    """ProductViewSummary."""
    return {
        "Id": product.view_id,
        "ProductId": product.id,
        "Name": product.name,
        "Owner": product.owner,
        "ShortDescription": product.description or "",
        "Type": product.type,
        "Distributor": product.distributor or "",
        "HasDefaultPath": False,
        "SupportEmail": product.support_email or "",
        "SupportDescription": product.support_description or "",
        "SupportUrl": product.support_url or "",
    }


def product_detail(product: Product, region: Region) -> dict[str, Any]:
    """ProductViewDetail. The status reads CREATED, though the model's enumeration does not hold that word."""
    return {
        "ProductViewSummary": product_summary(product),
        "Status": "CREATED",
        "ProductARN": product_arn(product, region),
        "CreatedTime": product.created,
    }


def version_detail(version: Version) -> dict[str, Any]:
    """ProvisioningArtifactDetail."""
    return version_summary(version) | {
        "Type": version.type,
        "Active": version.active,
        "Guidance": version.guidance.value,
    }


def version_summary(version: Version) -> dict[str, Any]:
    """ProvisioningArtifactSummary, as far as every view of a version has it."""
    return {
        "Id": version.id,
        "Name": version.name,
        "Description": version.description,
        "CreatedTime": version.created,
    }


def offered_version(version: Version) -> dict[str, Any]:
    """ProvisioningArtifact, as end users see it."""
    return version_summary(version) | {"Guidance": version.guidance.value}


def constraint_detail(constraint: Constraint) -> dict[str, Any]:
    """ConstraintDetail."""
    return {
        "ConstraintId": constraint.id,
        "Type": constraint.type.value,
        "Description": constraint.description,
        "Owner": constraint.account,
        "ProductId": constraint.product_id,
        "PortfolioId": constraint.portfolio_id,
    }


def tag_option_detail(option: TagOption) -> dict[str, Any]:
    """TagOptionDetail."""
    return {
        "Id": option.id,
        "Key": option.key,
        "Value": option.value,
        "Active": option.active,
        "Owner": option.account,
    }


def budgets(region: Region, resource_id: str) -> list[dict[str, str]]:
    """The BudgetDetail of every budget of a portfolio or product."""
    return [{"BudgetName": name} for name in region.budgets_on(resource_id)]


def service_action_summary(action: ServiceAction) -> dict[str, Any]:
    """ServiceActionSummary."""
    return {
        "Id": action.id,
        "Name": action.name,
        "Description": action.description,
        "DefinitionType": "SSM_AUTOMATION",
    }


def plan_summary(plan: Plan) -> dict[str, Any]:
    """ProvisionedProductPlanSummary."""
    return {
        "PlanName": plan.name,
        "PlanId": plan.id,
        "ProvisionProductId": plan.launched.id,
        "ProvisionProductName": plan.launched.name,
        "PlanType": "CLOUDFORMATION",
        "ProvisioningArtifactId": plan.launched.version_id,
    }


def plan_details(plan: Plan, region: Region) -> dict[str, Any]:
    """ProvisionedProductPlanDetails."""
    return plan_summary(plan) | {
        "CreatedTime": plan.created,
        "UpdatedTime": plan.updated,
        "PathId": plan.launched.path_id,
        "ProductId": plan.launched.product_id,
        "Status": plan.status(region.records).value,
        "StatusMessage": plan.failure,
        "NotificationArns": list(plan.notification_arns),
        "ProvisioningParameters": list(plan.parameters),
        "Tags": tag_list(plan.tags),
    }


def resource_change(change: Mapping[str, Any]) -> dict[str, Any]:
    """ResourceChange: CloudFormation's own, in capitals. What is neither added nor removed is modified."""
    return {
        "Action": {"Add": "ADD", "Remove": "REMOVE"}.get(change["Action"], "MODIFY"),
        "LogicalResourceId": change["LogicalResourceId"],
        "PhysicalResourceId": change.get("PhysicalResourceId"),
        "ResourceType": change["ResourceType"],
        "Replacement": _capitals(change.get("Replacement")),
        "Scope": [scope.upper() for scope in change.get("Scope", [])],
        "Details": [
            {
                "Target": {
                    "Attribute": _capitals(detail["Target"].get("Attribute")),
                    "Name": detail["Target"].get("Name"),
                    "RequiresRecreation": _capitals(detail["Target"].get("RequiresRecreation")),
                },
                "Evaluation": _capitals(detail.get("Evaluation")),
                "CausingEntity": detail.get("CausingEntity"),
            }
            for detail in change.get("Details", [])
        ],
    }


def record_detail(record: Record) -> dict[str, Any]:
    """RecordDetail."""
    return {
        "RecordId": record.id,
        "ProvisionedProductName": record.provisioned_product_name,
        "Status": record.status.value,
        "CreatedTime": record.created,
        "UpdatedTime": record.updated,
        "ProvisionedProductType": record.launched_type.value,
        "RecordType": record.type.value,
        "ProvisionedProductId": record.provisioned_product_id,
        "ProductId": record.product_id,
        "ProvisioningArtifactId": record.version_id,
        "PathId": record.path_id,
        "RecordErrors": [{"Code": error.code, "Description": error.description} for error in record.errors],
        "RecordTags": tag_list(record.tags),
        "LaunchRoleArn": record.launch_role_arn,
    }


def outputs(values: tuple[Output, ...]) -> list[dict[str, str]]:
    """RecordOutputs."""
    return [
        {"OutputKey": output.key, "OutputValue": output.value, "Description": output.description} for output in values
    ]


def provisioned_product_detail(launched: ProvisionedProduct) -> dict[str, Any]:
    """ProvisionedProductDetail."""
    return _launched(launched) | {"LaunchRoleArn": launched.launch_role_arn}


def provisioned_product_attribute(launched: ProvisionedProduct, region: Region) -> dict[str, Any]:
    """ProvisionedProductAttribute."""
    product = region.products.get(launched.product_id)
    version = region.versions.get(launched.version_id)
    return _launched(launched) | {
        "Tags": tag_list(launched.tags),
        "PhysicalId": launched.physical_id,
        "ProductName": product.name if product else None,
        "ProvisioningArtifactName": version.name if version else None,
        "UserArn": launched.user_arn,
        "UserArnSession": launched.user_arn_session,
    }


def _capitals(word: str | None) -> str | None:
    return word.upper() if word else None


def _launched(launched: ProvisionedProduct) -> dict[str, Any]:
    return {
        "Name": launched.name,
        "Arn": launched.arn,
        "Type": launched.type.value,
        "Id": launched.id,
        "Status": launched.status.value,
        "StatusMessage": launched.status_message,
        "CreatedTime": launched.created,
        "IdempotencyToken": launched.token,
        "LastRecordId": launched.last_record_id,
        "LastProvisioningRecordId": launched.last_provisioning_record_id,
        "LastSuccessfulProvisioningRecordId": launched.last_successful_record_id,
        "ProductId": launched.product_id,
        "ProvisioningArtifactId": launched.version_id,
    }
