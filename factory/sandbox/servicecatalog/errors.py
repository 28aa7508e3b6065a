"""Refusals of the catalog as AWS words them: a modelled error code with a message."""

from __future__ import annotations


class ServiceError(Exception):
    """A request was refused. `code` is AWS's error code, `status` the HTTP status it travels with."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def invalid(message: str) -> ServiceError:
    """One or more parameters are not valid."""
    return ServiceError("InvalidParametersException", message)


def not_found(message: str) -> ServiceError:
    """The thing does not exist, or the caller must not see it: AWS does not tell which."""
    return ServiceError("ResourceNotFoundException", message)


def in_use(message: str) -> ServiceError:
    """The thing cannot be deleted yet, because something still hangs on it."""
    return ServiceError("ResourceInUseException", message)


def duplicate(message: str) -> ServiceError:
    """The very same thing exists already."""
    return ServiceError("DuplicateResourceException", message)


def limit_exceeded(message: str) -> ServiceError:
    """A hard quota is reached; repeating the request does not help."""
    return ServiceError("LimitExceededException", message)


def invalid_state(message: str) -> ServiceError:
    """Another action on the same thing is not finished yet."""
    return ServiceError("InvalidStateException", message)


def not_supported(message: str) -> ServiceError:
    """The operation is not allowed for this account or this thing."""
    return ServiceError("OperationNotSupportedException", message)
