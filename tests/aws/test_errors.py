"""botocore's exceptions as errors with a next step."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from factory.aws.errors import translated
from factory.errors import CatalogError, LaunchError


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "CreatePortfolio")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("AccessDeniedException", "permission"),
        ("ExpiredTokenException", "sign in again"),
        ("UnrecognizedClientException", "check the credentials"),
        ("LimitExceededException", "quota"),
    ],
)
def test_the_code_decides_about_the_hint(code: str, hint: str) -> None:
    with pytest.raises(CatalogError) as error, translated("publish"):
        raise refusal(code, "LimitExceeded ExpiredToken AccessDenied")

    assert hint in str(error.value.hint)
    assert (error.value.operation, error.value.code) == ("CreatePortfolio", code)


def test_the_message_says_what_and_why() -> None:
    with pytest.raises(CatalogError) as error, translated("create portfolio platform in dev/us-east-1"):
        raise refusal("InvalidParametersException", "No display name")

    assert error.value.message == (
        "create portfolio platform in dev/us-east-1: AWS refused CreatePortfolio: "
        "InvalidParametersException: No display name"
    )


def test_no_answer_at_all() -> None:
    with pytest.raises(CatalogError) as error, translated("publish"):
        raise EndpointConnectionError(endpoint_url="https://example.com")

    assert (error.value.operation, error.value.code) == ("", "EndpointConnectionError")
    assert error.value.hint == "check the network and the region"


def test_other_errors_pass_as_they_are() -> None:
    with pytest.raises(LaunchError), translated("publish"):
        raise LaunchError("refused")
    with pytest.raises(KeyError), translated("publish"):
        raise KeyError("a defect")


def test_what_does_not_speak_as_aws_does_is_told() -> None:
    with pytest.raises(CatalogError) as error, translated("status"):
        raise ResponseParserError("not well-formed: line 1, column 7")

    assert error.value.message == "status: what answered does not speak as AWS does"
    assert str(error.value.hint).startswith("check the network")
