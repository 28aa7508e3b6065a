"""Service actions on versions."""

from __future__ import annotations

from typing import Any

from tests.sandbox.servicecatalog.operations.test_service_actions import create


def on(product_id: str, version_id: str, action_id: str) -> dict[str, str]:
    return {"ProductId": product_id, "ProvisioningArtifactId": version_id, "ServiceActionId": action_id}


def test_a_service_action_is_on_a_version_until_it_is_taken_off(scene: Any) -> None:
    product_id, version_id = scene.product()
    action = create(scene)
    given = on(product_id, version_id, action)

    scene.sc.associate_service_action_with_provisioning_artifact(**given)

    (listed,) = scene.sc.list_service_actions_for_provisioning_artifact(
        ProductId=product_id, ProvisioningArtifactId=version_id
    )["ServiceActionSummaries"]
    assert listed["Id"] == action
    (view,) = scene.sc.list_provisioning_artifacts_for_service_action(ServiceActionId=action)[
        "ProvisioningArtifactViews"
    ]
    assert view["ProductViewSummary"]["ProductId"] == product_id
    assert view["ProvisioningArtifact"]["Id"] == version_id
    scene.refused("DuplicateResourceException", scene.sc.associate_service_action_with_provisioning_artifact, **given)
    scene.refused("ResourceInUseException", scene.sc.delete_service_action, Id=action)
    scene.refused("ResourceInUseException", scene.sc.delete_product, Id=product_id)
    scene.version(product_id, "2.0.0")
    version = {"ProductId": product_id, "ProvisioningArtifactId": version_id}
    scene.refused("ResourceInUseException", scene.sc.delete_provisioning_artifact, **version)

    scene.sc.disassociate_service_action_from_provisioning_artifact(**given)

    scene.refused("ResourceNotFoundException", scene.sc.disassociate_service_action_from_provisioning_artifact, **given)
    scene.sc.delete_provisioning_artifact(**version)
    scene.sc.delete_service_action(Id=action)


def test_one_token_takes_on_off_and_on_again(scene: Any) -> None:
    given = on(*scene.product(), create(scene))

    for _ in range(2):
        for _ in range(2):
            scene.sc.associate_service_action_with_provisioning_artifact(**given, IdempotencyToken="on")
        views = scene.sc.list_provisioning_artifacts_for_service_action(ServiceActionId=given["ServiceActionId"])
        assert len(views["ProvisioningArtifactViews"]) == 1
        for _ in range(2):
            scene.sc.disassociate_service_action_from_provisioning_artifact(
                **given,
                IdempotencyToken="off",
            )
        views = scene.sc.list_provisioning_artifacts_for_service_action(ServiceActionId=given["ServiceActionId"])
        assert views["ProvisioningArtifactViews"] == []


def test_a_batch_tells_what_it_could_not_do(scene: Any) -> None:
    product_id, version_id = scene.product()
    action = create(scene)
    right, unknown = on(product_id, version_id, action), on(product_id, version_id, "act-none")
    associate = scene.sc.batch_associate_service_action_with_provisioning_artifact
    disassociate = scene.sc.batch_disassociate_service_action_from_provisioning_artifact

    failed = associate(ServiceActionAssociations=[right, right, unknown])["FailedServiceActionAssociations"]

    assert [(item["ServiceActionId"], item["ErrorCode"]) for item in failed] == [
        (action, "DUPLICATE_RESOURCE"),
        ("act-none", "RESOURCE_NOT_FOUND"),
    ]
    assert all(item["ErrorMessage"] for item in failed)
    assert disassociate(ServiceActionAssociations=[right])["FailedServiceActionAssociations"] == []
    (failed,) = disassociate(ServiceActionAssociations=[right])["FailedServiceActionAssociations"]
    assert failed["ErrorCode"] == "RESOURCE_NOT_FOUND"


def test_a_version_has_25_service_actions(scene: Any) -> None:
    product_id, version_id = scene.product()
    actions = [on(product_id, version_id, create(scene)) for _ in range(26)]

    (failed,) = scene.sc.batch_associate_service_action_with_provisioning_artifact(ServiceActionAssociations=actions)[
        "FailedServiceActionAssociations"
    ]

    assert (failed["ServiceActionId"], failed["ErrorCode"]) == (actions[-1]["ServiceActionId"], "LIMIT_EXCEEDED")
    scene.refused("LimitExceededException", scene.sc.associate_service_action_with_provisioning_artifact, **actions[-1])
