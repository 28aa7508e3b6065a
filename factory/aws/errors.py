"""What botocore raises, as errors that say what to do; told apart by AWS's code, never by the message text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOTokenLoadError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError

from factory.errors import CatalogError

NOT_FOUND = "ResourceNotFoundException"
IN_USE = "ResourceInUseException"
INVALID_STATE = "InvalidStateException"
DUPLICATE = "DuplicateResourceException"
INVALID = "InvalidParametersException"
NOT_SUPPORTED = "OperationNotSupportedException"

_ACCESS = "give the role in portfolios/environments.yaml permission for this operation"
_EXPIRED = "sign in again: the credentials have expired"
_UNKNOWN = "check the credentials, or the profile or role in portfolios/environments.yaml"
_QUOTA = "a service quota is used up: ask for a higher one in the Service Quotas console, or remove what is not needed"

HINTS: Mapping[str, str] = {
    "AccessDenied": _ACCESS,
    "AccessDeniedException": _ACCESS,
    "UnauthorizedOperation": _ACCESS,
    "ExpiredToken": _EXPIRED,
    "ExpiredTokenException": _EXPIRED,
    "RequestExpired": _EXPIRED,
    "InvalidClientTokenId": _UNKNOWN,
    "UnrecognizedClientException": _UNKNOWN,
    "SignatureDoesNotMatch": _UNKNOWN,
    "InvalidAccessKeyId": _UNKNOWN,
    "LimitExceededException": _QUOTA,
}

_LOCAL_HINTS: tuple[tuple[type[BotoCoreError], str], ...] = (
    (NoCredentialsError, "set up credentials (aws configure sso), or try it without an account: --sandbox"),
    (PartialCredentialsError, _UNKNOWN),
    (ProfileNotFound, "write the profile's name in portfolios/environments.yaml as ~/.aws/config has it"),
    (SSOTokenLoadError, "aws sso login"),
    (TokenRetrievalError, "aws sso login"),
    (UnauthorizedSSOTokenError, "aws sso login"),
    (EndpointConnectionError, "check the network and the region"),
)


@contextmanager
def translated(subject: str, hints: Mapping[str, str] = HINTS) -> Iterator[None]:
    """Turn what botocore raises inside into CatalogError; the message begins with the subject.

    `hints` tells by AWS's code what to do next.
    Where AWS did not answer at all, the error has no operation, and its code is the name of botocore's exception.
    """
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        message = error.response.get("Error", {}).get("Message", "")
        raise CatalogError(
            f"{subject}: AWS refused {error.operation_name}: {code}{f': {message}' if message else ''}",
            operation=error.operation_name,
            code=code,
            hint=hints.get(code),
        ) from error
    except ResponseParserError as error:
        raise CatalogError(
            f"{subject}: what answered does not speak as AWS does",
            operation="",
            code=type(error).__name__,
            hint="check the network: it may be a proxy, or the page on which a network asks to sign in",
        ) from error
    except BotoCoreError as error:
        hint = next((hint for kind, hint in _LOCAL_HINTS if isinstance(error, kind)), None)
        raise CatalogError(f"{subject}: {error}", operation="", code=type(error).__name__, hint=hint) from error


def code_of(error: ClientError) -> str:
    """AWS's name for what went wrong."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))
