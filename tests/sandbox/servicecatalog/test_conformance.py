"""Every operation as botocore's service model describes it: input, errors, pages, tokens."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.servicecatalog.registry import all_operations
from tests.sandbox.servicecatalog.conftest import REGION
from tests.sandbox.servicecatalog.service_model import (
    COMMON,
    LEFT_OUT,
    SERVICE,
    SUPPORTED,
    full_sample,
    input_shape,
    is_paged,
    names_a_thing,
    page_cap,
    required_members,
    required_sample,
    sample,
    token_member,
)

PAGED = [name for name in SUPPORTED if is_paged(name)]
REQUIRED = [(name, member) for name in SUPPORTED for member in required_members(name)]
LIMITED = [
    (name, member)
    for name in SUPPORTED
    for member, shape in input_shape(name).members.items()
    if shape.type_name == "string" and ("max" in shape.metadata or shape.enum)
]
# Idempotent without the catalog keeping the answer: the launch itself knows its token.
KEEPS_ITS_TOKEN = {"TerminateProvisionedProduct"}


def code_of(scene: Any, operation: str, parameters: dict[str, Any]) -> str | None:
    """The code with which the hub's request is refused, if it is."""
    core = scene.server.core
    try:
        core.handle(operation, parameters, core.caller(scene.hub, REGION))
    except ServiceError as error:
        return error.code
    return None


def refusal(scene: Any, operation: str, parameters: dict[str, Any]) -> tuple[str, str]:
    """The code and the message with which the hub's request must be refused."""
    core = scene.server.core
    with pytest.raises(ServiceError) as error:
        core.handle(operation, parameters, core.caller(scene.hub, REGION))
    return error.value.code, error.value.message


def modelled(operation: str) -> set[str]:
    """The errors that an operation may answer."""
    return {shape.name for shape in SERVICE.operation_model(operation).error_shapes} | COMMON


def test_every_operation_is_there_but_those_left_out(server: Any) -> None:
    assert server.core.operations == set(SUPPORTED)


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_an_operation_left_out_is_unknown(name: str, scene: Any) -> None:
    assert refusal(scene, name, full_sample(name))[0] == "UnknownOperationException"


@pytest.mark.parametrize(("name", "member"), REQUIRED)
def test_a_required_member_is_missed(name: str, member: str, scene: Any) -> None:
    parameters = required_sample(name)
    del parameters[member]

    code, message = refusal(scene, name, parameters)

    assert code == "ValidationException"
    assert f"Value null at '{member[0].lower() + member[1:]}'" in message


@pytest.mark.parametrize(("name", "member"), LIMITED)
def test_a_text_that_the_model_does_not_allow_is_refused(name: str, member: str, scene: Any) -> None:
    too_long = "a" * (input_shape(name).members[member].metadata.get("max", 20_000) + 1)

    code, message = refusal(scene, name, required_sample(name) | {member: too_long})

    assert code == "ValidationException"
    assert f"at '{member[0].lower() + member[1:]}'" in message


@pytest.mark.parametrize("name", SUPPORTED)
def test_a_member_of_the_wrong_type_is_refused(name: str, scene: Any) -> None:
    for member, shape in input_shape(name).members.items():
        wrong: object = "text" if shape.type_name != "string" else 1
        assert code_of(scene, name, required_sample(name) | {member: wrong}) == "SerializationException", member


@pytest.mark.parametrize("full", [False, True], ids=["required", "all"])
@pytest.mark.parametrize("name", SUPPORTED)
def test_a_request_about_nothing_is_answered_or_refused_as_modelled(name: str, full: bool, scene: Any) -> None:
    parameters = full_sample(name) if full else required_sample(name)
    core = scene.server.core

    try:
        answered = core.handle(name, parameters, core.caller(scene.hub, REGION))
    except ServiceError as error:
        assert error.code in modelled(name)  # noqa: PT017 - either of both outcomes is right
    else:
        assert set(answered) <= set(SERVICE.operation_model(name).output_shape.members)


# Batches are not among them: they tell each failure in their answer.
@pytest.mark.parametrize("name", [name for name in SUPPORTED if names_a_thing(name)])
def test_a_request_about_an_unknown_id_is_refused_as_modelled(name: str, scene: Any) -> None:
    code = code_of(scene, name, required_sample(name))

    assert code in modelled(name) - {"SerializationException", "ThrottlingException"}
    if "ResourceNotFoundException" in modelled(name):
        assert code in ("ResourceNotFoundException", "InvalidParametersException")


@pytest.mark.parametrize("name", PAGED)
def test_a_page_is_no_larger_than_the_cap_and_a_token_is_one_that_was_given_out(name: str, scene: Any) -> None:
    parameters = required_sample(name)
    cap = page_cap(name)

    assert refusal(scene, name, parameters | {"PageSize": cap + 1})[0] == "ValidationException"
    assert refusal(scene, name, parameters | {"PageSize": -1})[0] == "ValidationException"
    assert code_of(scene, name, parameters | {"PageSize": cap}) == code_of(scene, name, parameters)
    assert code_of(scene, name, parameters | {"PageToken": "nobody gave this out"}) is not None


@pytest.mark.parametrize("name", SUPPORTED)
def test_the_catalog_knows_every_idempotency_token_of_the_model(name: str) -> None:
    if name in KEEPS_ITS_TOKEN:
        assert token_member(name) is not None
        assert all_operations()[name].token is None
    else:
        assert all_operations()[name].token == token_member(name)


def test_samples_are_what_the_model_allows(scene: Any) -> None:
    for name in SUPPORTED:
        accepted = scene.server.core.model.accept(name, full_sample(name))
        assert accepted == sample(input_shape(name))
