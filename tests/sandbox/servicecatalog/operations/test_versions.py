"""Versions of products."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.sandbox.servicecatalog.request import Delays


def test_a_version_is_creating_for_a_while(scene: Any) -> None:
    now = [100.0]
    core = scene.core(lambda: now[0], Delays(version_seconds=10))
    caller = core.caller(scene.hub, "us-east-1")
    created = core.handle(
        "CreateProduct",
        {
            "Name": "x",
            "Owner": "me",
            "ProductType": "CLOUD_FORMATION_TEMPLATE",
            "ProvisioningArtifactParameters": scene.version_properties(),
            "IdempotencyToken": "t",
        },
        caller,
    )
    given = {"ProvisioningArtifactId": created["ProvisioningArtifactDetail"]["Id"]}

    def status() -> Any:
        return core.handle("DescribeProvisioningArtifact", given, caller)["Status"]

    assert status() == "CREATING"
    now[0] = 109.9
    assert status() == "CREATING"
    now[0] = 110.0
    assert status() == "AVAILABLE"


def test_a_name_has_no_spaces(scene: Any) -> None:
    product_id, version_id = scene.product()
    create, update = scene.sc.create_provisioning_artifact, scene.sc.update_provisioning_artifact
    given = {"ProductId": product_id, "IdempotencyToken": "t", "Parameters": scene.version_properties()}
    spaced = {**given["Parameters"], "Name": "1.0 beta"}
    scene.refused("InvalidParametersException", create, **{**given, "Parameters": spaced})
    scene.refused(
        "InvalidParametersException", update, ProductId=product_id, ProvisioningArtifactId=version_id, Name="1.0 beta"
    )


def test_a_version_is_described_with_its_source_and_parameters(scene: Any) -> None:
    product_id, version_id = scene.product()
    describe = scene.sc.describe_provisioning_artifact

    found = describe(ProductName="topic", ProvisioningArtifactName="1.0.0", IncludeProvisioningArtifactParameters=True)

    assert found["Status"] == "AVAILABLE"
    detail = found["ProvisioningArtifactDetail"]
    assert (detail["Id"], detail["Active"], detail["Guidance"]) == (version_id, True, "DEFAULT")
    assert found["Info"]["TemplateUrl"].startswith("https://")
    size = found["ProvisioningArtifactParameters"][0]
    assert (size["ParameterKey"], size["DefaultValue"], size["IsNoEcho"]) == ("Size", "small", False)
    assert size["ParameterConstraints"]["AllowedValues"] == ["small", "large"]
    assert describe(ProvisioningArtifactId=version_id)["Status"] == "AVAILABLE"
    assert "ProvisioningArtifactParameters" not in describe(ProvisioningArtifactId=version_id)
    scene.refused("ResourceNotFoundException", describe, ProvisioningArtifactId="pa-none")
    scene.refused("ResourceNotFoundException", describe, ProductId=product_id, ProvisioningArtifactId="pa-none")
    scene.refused("InvalidParametersException", describe)


@pytest.mark.parametrize("template", ["no template", json.dumps({"Resources": {"A": {"Type": "AWS::No::Such"}}})])
def test_without_validation_any_text_becomes_a_version(scene: Any, template: str) -> None:
    product_id, _ = scene.product()
    properties = scene.version_properties(template, "2.0.0")
    create = scene.sc.create_provisioning_artifact
    if template == "no template":
        scene.refused("InvalidParametersException", create, ProductId=product_id, Parameters=properties)

    version = create(ProductId=product_id, Parameters={**properties, "DisableTemplateValidation": True})

    described = scene.sc.describe_provisioning_artifact(
        ProvisioningArtifactId=version["ProvisioningArtifactDetail"]["Id"]
    )
    assert described["Status"] == ("FAILED" if template == "no template" else "AVAILABLE")


def test_a_version_that_failed_cannot_be_launched(scene: Any) -> None:
    _, product_id, _ = scene.placed()
    properties = {**scene.version_properties("no template", "2.0.0"), "DisableTemplateValidation": True}
    version = scene.sc.create_provisioning_artifact(ProductId=product_id, Parameters=properties)

    scene.refused(
        "ResourceNotFoundException",
        scene.sc.provision_product,
        ProductId=product_id,
        ProvisioningArtifactId=version["ProvisioningArtifactDetail"]["Id"],
        ProvisionedProductName="mine",
    )


def test_the_template_is_the_catalogs_own_copy(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    url = scene.sc.describe_provisioning_artifact(ProvisioningArtifactId=version_id)["Info"]["TemplateUrl"]
    scene.client("s3", scene.hub).delete_object(Bucket=f"templates-{scene.hub}", Key=url.split("/", 3)[3])

    assert scene.launch(product_id, version_id, "mine")["RecordDetail"]["Status"] == "SUCCEEDED"


def test_active_and_guidance_are_changed_after_creation_only(scene: Any) -> None:
    product_id, version_id = scene.product()
    given = {"ProductId": product_id, "ProvisioningArtifactId": version_id}

    changed = scene.sc.update_provisioning_artifact(
        Name="renamed", Description="better", Active=False, Guidance="DEPRECATED", **given
    )["ProvisioningArtifactDetail"]

    assert (changed["Name"], changed["Description"]) == ("renamed", "better")
    assert (changed["Active"], changed["Guidance"]) == (False, "DEPRECATED")
    (listed,) = scene.sc.list_provisioning_artifacts(ProductId=product_id)["ProvisioningArtifactDetails"]
    assert listed == changed


def test_a_deprecated_version_takes_updates_but_no_launches(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    other = scene.version(product_id, "1.1.0")
    scene.launch(product_id, version_id, "mine")
    for version in (version_id, other):
        scene.sc.update_provisioning_artifact(
            ProductId=product_id, ProvisioningArtifactId=version, Guidance="DEPRECATED"
        )

    scene.refused(
        "InvalidParametersException",
        scene.sc.provision_product,
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        ProvisionedProductName="another",
    )
    updated = scene.sc.update_provisioned_product(ProvisionedProductName="mine", ProvisioningArtifactId=other)
    assert scene.settled(updated)["RecordDetail"]["Status"] == "SUCCEEDED"


def test_an_inactive_version_takes_neither(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")
    scene.sc.update_provisioning_artifact(ProductId=product_id, ProvisioningArtifactId=version_id, Active=False)

    scene.refused(
        "ResourceNotFoundException",
        scene.sc.provision_product,
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        ProvisionedProductName="another",
    )
    scene.refused("ResourceNotFoundException", scene.sc.update_provisioned_product, ProvisionedProductName="mine")


def test_the_last_version_stays(scene: Any) -> None:
    product_id, first = scene.product()
    second = scene.version(product_id, "1.1.0")
    delete = scene.sc.delete_provisioning_artifact

    delete(ProductId=product_id, ProvisioningArtifactId=first)

    scene.refused("ResourceInUseException", delete, ProductId=product_id, ProvisioningArtifactId=second)
    scene.refused("ResourceNotFoundException", delete, ProductId=product_id, ProvisioningArtifactId=first)


def test_a_product_has_at_most_a_hundred_versions(scene: Any) -> None:
    product_id, _ = scene.product()
    properties = {**scene.version_properties(), "DisableTemplateValidation": True}
    create = scene.sc.create_provisioning_artifact
    for _ in range(99):
        create(ProductId=product_id, Parameters=properties)

    scene.refused("LimitExceededException", create, ProductId=product_id, Parameters=properties)
    listed = scene.sc.list_provisioning_artifacts(ProductId=product_id)
    assert len(listed["ProvisioningArtifactDetails"]) == 100
    assert "NextPageToken" not in listed


@pytest.mark.parametrize("kind", ["TERRAFORM_CLOUD", "MARKETPLACE_AMI"])
def test_other_types_of_version_are_refused(scene: Any, kind: str) -> None:
    product_id, _ = scene.product()

    scene.refused(
        "InvalidParametersException",
        scene.sc.create_provisioning_artifact,
        ProductId=product_id,
        Parameters={**scene.version_properties(), "Type": kind},
    )
