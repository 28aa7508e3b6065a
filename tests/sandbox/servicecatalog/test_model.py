"""Input is checked against botocore's model, and answers are shaped by it."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.servicecatalog.model import Model

TOKEN = {"IdempotencyToken": "t"}


@pytest.fixture(scope="module")
def model() -> Model:
    return Model()


def refusal(model: Model, operation: str, parameters: Any) -> ServiceError:
    with pytest.raises(ServiceError) as error:
        model.accept(operation, parameters)
    return error.value


def test_unknown_members_and_nulls_are_left_out(model: Model) -> None:
    given = {"DisplayName": "P", "ProviderName": "Me", "Description": None, "Colour": "red", **TOKEN}

    assert model.accept("CreatePortfolio", given) == {"DisplayName": "P", "ProviderName": "Me", **TOKEN}


def test_every_broken_constraint_is_reported_at_once(model: Model) -> None:
    error = refusal(model, "CreatePortfolio", {"ProviderName": "x" * 51, **TOKEN})

    assert error.code == "ValidationException"
    assert error.message.startswith("2 validation errors detected: ")
    assert "Value null at 'displayName' failed to satisfy constraint: Member must not be null" in error.message
    assert "at 'providerName' failed to satisfy constraint: Member must have length less than" in error.message


@pytest.mark.parametrize(
    ("operation", "parameters", "rule"),
    [
        ("DescribePortfolio", {"Id": "port/1"}, "regular expression pattern"),
        ("DescribePortfolio", {"Id": ""}, "length greater than or equal to 1"),
        ("ListPortfolios", {"PageSize": 101}, "less than or equal to 100"),
        ("ListPortfolios", {"PageSize": -1}, "greater than or equal to 0"),
        ("SearchProductsAsAdmin", {"PageSize": 21}, "less than or equal to 20"),
        ("SearchProductsAsAdmin", {"Filters": {"Colour": ["red"]}}, "enum value set"),
        ("CreateTagOption", {"Key": "{}", "Value": "v"}, "regular expression pattern"),
        ("UpdatePortfolio", {"Id": "p", "AddTags": [{"Key": "k"}]}, "'addTags.1.member.value'"),
        ("UpdatePortfolio", {"Id": "p", "AddTags": [{"Key": "k", "Value": "v"}] * 21}, "less than or equal to 20"),
    ],
)
def test_a_broken_constraint_is_refused(model: Model, operation: str, parameters: Any, rule: str) -> None:
    error = refusal(model, operation, parameters)

    assert error.code == "ValidationException"
    assert rule in error.message


def test_a_tag_may_hold_letters_of_any_language(model: Model) -> None:
    assert model.accept("CreateTagOption", {"Key": "Größe", "Value": "größer als 1 %".rstrip(" %")})


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("DescribePortfolio", []),
        ("DescribePortfolio", "text"),
        ("DescribePortfolio", {"Id": 1}),
        ("ListPortfolios", {"PageSize": "20"}),
        ("ListPortfolios", {"PageSize": True}),
        ("UpdatePortfolio", {"Id": "p", "AddTags": {}}),
        ("UpdatePortfolio", {"Id": "p", "AddTags": ["tag"]}),
        ("UpdateProvisioningArtifact", {"ProductId": "p", "ProvisioningArtifactId": "a", "Active": 1}),
    ],
)
def test_a_wrong_type_is_refused(model: Model, operation: str, parameters: Any) -> None:
    assert refusal(model, operation, parameters).code == "SerializationException"


def test_an_answer_has_times_as_epoch_seconds_and_no_nulls(model: Model) -> None:
    answer = model.answer("ListPortfolios", {"PortfolioDetails": [{"Id": "p", "CreatedTime": 1.23456}]})

    assert answer == {"PortfolioDetails": [{"Id": "p", "CreatedTime": 1.235}]}
    assert model.answer("ListPortfolios", {"NextPageToken": None}) == {}


def test_an_answer_that_the_model_does_not_know_is_a_defect(model: Model) -> None:
    with pytest.raises(KeyError):
        model.answer("ListPortfolios", {"Portfolios": []})
