"""Stack instances of launches."""

from __future__ import annotations

from typing import Any


def test_a_launch_that_is_a_stack_has_no_stack_instances(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    identifier = scene.launch(product_id, version_id, "mine")["RecordDetail"]["ProvisionedProductId"]
    instances = scene.sc.list_stack_instances_for_provisioned_product

    scene.refused("InvalidParametersException", instances, ProvisionedProductId=identifier)
    scene.refused("ResourceNotFoundException", instances, ProvisionedProductId="pp-none")
