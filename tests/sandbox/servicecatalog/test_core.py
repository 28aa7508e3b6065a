"""The catalog without HTTP: every operation's manners, tokens, reset."""

from __future__ import annotations

from typing import Any

import botocore.loaders
import botocore.model
import pytest

from factory.sandbox.servicecatalog.errors import ServiceError

SERVICE = botocore.model.ServiceModel(
    botocore.loaders.Loader().load_service_model("servicecatalog", "service-2"), "servicecatalog"
)
COMMON = {"ValidationException", "SerializationException", "ThrottlingException"}
SUPPORTED = [
    "AcceptPortfolioShare",
    "AssociatePrincipalWithPortfolio",
    "AssociateProductWithPortfolio",
    "AssociateTagOptionWithResource",
    "CreateConstraint",
    "CreatePortfolio",
    "CreatePortfolioShare",
    "CreateProduct",
    "CreateProvisioningArtifact",
    "CreateTagOption",
    "DeleteConstraint",
    "DeletePortfolio",
    "DeletePortfolioShare",
    "DeleteProduct",
    "DeleteProvisioningArtifact",
    "DeleteTagOption",
    "DescribeConstraint",
    "DescribePortfolio",
    "DescribePortfolioShareStatus",
    "DescribePortfolioShares",
    "DescribeProduct",
    "DescribeProductAsAdmin",
    "DescribeProductView",
    "DescribeProvisionedProduct",
    "DescribeProvisioningArtifact",
    "DescribeProvisioningParameters",
    "DescribeRecord",
    "DescribeTagOption",
    "DisableAWSOrganizationsAccess",
    "DisassociatePrincipalFromPortfolio",
    "DisassociateProductFromPortfolio",
    "DisassociateTagOptionFromResource",
    "EnableAWSOrganizationsAccess",
    "GetAWSOrganizationsAccessStatus",
    "GetProvisionedProductOutputs",
    "ListAcceptedPortfolioShares",
    "ListConstraintsForPortfolio",
    "ListLaunchPaths",
    "ListPortfolioAccess",
    "ListPortfolios",
    "ListPortfoliosForProduct",
    "ListPrincipalsForPortfolio",
    "ListProvisioningArtifacts",
    "ListRecordHistory",
    "ListResourcesForTagOption",
    "ListTagOptions",
    "ProvisionProduct",
    "RejectPortfolioShare",
    "ScanProvisionedProducts",
    "SearchProducts",
    "SearchProductsAsAdmin",
    "SearchProvisionedProducts",
    "TerminateProvisionedProduct",
    "UpdateConstraint",
    "UpdatePortfolio",
    "UpdatePortfolioShare",
    "UpdateProduct",
    "UpdateProvisionedProduct",
    "UpdateProvisionedProductProperties",
    "UpdateProvisioningArtifact",
    "UpdateTagOption",
]
VALUES = {
    "AccountId": "999999999999",
    "OrganizationNodeValue": "o-aaaaaaaaaa",
    "PrincipalARN": "arn:aws:iam::999999999999:role/none",
    "ConstraintParameters": "{}",
    "ConstraintType": "LAUNCH",
    "ProvisionedProductProperties": {"OWNER": "none"},
    "ResourceType": "None",
    "IdempotencyToken": "token",
}


def sample(shape: Any) -> Any:
    """A value that the model allows and that names nothing that exists."""
    if shape.name in VALUES:
        return VALUES[shape.name]
    if shape.type_name == "structure":
        return {name: sample(member) for name, member in shape.members.items()}
    if shape.type_name == "list":
        return [sample(shape.member)]
    if shape.type_name == "map":
        return {sample(shape.key): sample(shape.value)}
    if shape.type_name == "boolean":
        return True
    if shape.type_name == "integer":
        return 1
    return shape.enum[0] if shape.enum else "none"


def answer_or_code(scene: Any, name: str, parameters: Any, caller: Any) -> tuple[dict[str, Any], str | None]:
    """What a request is answered, or the code with which it is refused."""
    try:
        return scene.server.core.handle(name, parameters, caller), None
    except ServiceError as error:
        return {}, error.code


def test_the_operations_of_this_step_are_there(server: Any) -> None:
    assert server.core.operations == set(SUPPORTED)


DEMANDING = [name for name in SUPPORTED if SERVICE.operation_model(name).input_shape.required_members]


@pytest.mark.parametrize("name", DEMANDING)
def test_an_operation_refuses_a_request_without_its_required_members(name: str, scene: Any) -> None:
    required = SERVICE.operation_model(name).input_shape.required_members
    caller = scene.server.core.caller(scene.hub, "us-east-1")

    with pytest.raises(ServiceError) as error:
        scene.server.core.handle(name, {}, caller)

    assert error.value.code == "ValidationException"
    assert all(member[0].lower() + member[1:] in error.value.message for member in required)


@pytest.mark.parametrize("full", [False, True], ids=["required", "all"])
@pytest.mark.parametrize("name", SUPPORTED)
def test_an_operation_on_nothing_is_answered_or_refused_as_modelled(name: str, full: bool, scene: Any) -> None:
    operation = SERVICE.operation_model(name)
    shape = operation.input_shape
    members = shape.members if full else shape.required_members
    parameters = {member: sample(shape.members[member]) for member in members}
    caller = scene.server.core.caller(scene.hub, "us-east-1")

    answered, code = answer_or_code(scene, name, parameters, caller)

    if code is None:
        assert set(answered) <= set(operation.output_shape.members)
    else:
        assert code in {shape.name for shape in operation.error_shapes} | COMMON


def test_an_unsupported_operation_is_unknown(scene: Any) -> None:
    caller = scene.server.core.caller(scene.hub, "us-east-1")

    with pytest.raises(ServiceError, match="UnknownOperationException"):
        scene.server.core.handle("CopyProduct", {}, caller)


def test_a_repeated_token_gives_the_first_answer(scene: Any) -> None:
    given = {"DisplayName": "P", "ProviderName": "Me", "IdempotencyToken": "same"}
    first = scene.sc.create_portfolio(**given)["PortfolioDetail"]
    second = scene.sc.create_portfolio(**given)["PortfolioDetail"]

    assert first == second
    assert len(scene.sc.list_portfolios()["PortfolioDetails"]) == 1


def test_a_repeated_token_with_other_parameters_is_refused(scene: Any) -> None:
    given = {"ProviderName": "Me", "IdempotencyToken": "same"}
    scene.sc.create_portfolio(DisplayName="P", **given)

    scene.refused("InvalidParametersException", scene.sc.create_portfolio, DisplayName="Q", **given)


def test_a_token_counts_for_one_account_region_and_operation(scene: Any) -> None:
    given = {"DisplayName": "P", "ProviderName": "Me", "IdempotencyToken": "same"}
    clients = [
        scene.sc,
        scene.spoke_sc,
        scene.client("servicecatalog", scene.hub, region="eu-west-1"),
    ]

    assert len({client.create_portfolio(**given)["PortfolioDetail"]["Id"] for client in clients}) == 3


def test_a_refused_request_does_not_use_its_token_up(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    given = {
        "PortfolioId": portfolio_id,
        "ProductId": product_id,
        "Type": "LAUNCH",
        "Parameters": '{"LocalRoleName": "later"}',
        "IdempotencyToken": "same",
    }
    scene.refused("InvalidParametersException", scene.sc.create_constraint, **given)
    scene.role(scene.hub, "later")

    assert scene.sc.create_constraint(**given)["ConstraintDetail"]["Type"] == "LAUNCH"


def test_regions_and_accounts_are_apart(scene: Any) -> None:
    identifier = scene.portfolio()
    elsewhere = scene.client("servicecatalog", scene.hub, region="eu-west-1")

    assert elsewhere.list_portfolios()["PortfolioDetails"] == []
    scene.refused("ResourceNotFoundException", elsewhere.describe_portfolio, Id=identifier)
    scene.refused("ResourceNotFoundException", scene.spoke_sc.describe_portfolio, Id=identifier)


def test_reset_forgets_everything(scene: Any) -> None:
    core = scene.core(lambda: 0.0)
    caller = core.caller(scene.hub, "us-east-1")
    core.handle("CreatePortfolio", {"DisplayName": "P", "ProviderName": "M", "IdempotencyToken": "t"}, caller)
    assert len(core.handle("ListPortfolios", {}, caller)["PortfolioDetails"]) == 1

    core.reset()

    assert core.handle("ListPortfolios", {}, caller) == {"PortfolioDetails": []}
