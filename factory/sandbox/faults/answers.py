"""Refusals that every AWS service can give, in the protocol that a request was made in.

Codes are those of the API references; they and their HTTP statuses were not compared with the real services.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from xml.sax.saxutils import escape

import cbor2

from factory.sandbox.faults.services import HttpCall

_REST_XML = frozenset({"s3", "route53", "cloudfront"})
# These say it in their own words (API references, "Common errors", "TooManyRequestsException").
_TOO_MANY = frozenset({"lambda", "apigateway"})
_RATE = "Rate exceeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An error as AWS names it, and the HTTP status that it travels with."""

    code: str
    message: str
    status: int


def throttled(service: str, call: HttpCall) -> Refusal:
    """The refusal of one call too many (Amazon EC2 API Reference, "Error codes"; Amazon S3, "List of error codes")."""
    if service == "s3":
        return Refusal(code="SlowDown", message="Please reduce your request rate.", status=503)
    match protocol(service, call):
        case "ec2":
            return Refusal(code="RequestLimitExceeded", message="Request limit exceeded.", status=503)
        case "query" | "rest-xml":
            return Refusal(code="Throttling", message=_RATE, status=400)
        case "rest-json":
            code = "TooManyRequestsException" if service in _TOO_MANY else "ThrottlingException"
            return Refusal(code=code, message=_RATE, status=429)
        case _:
            return Refusal(code="ThrottlingException", message=_RATE, status=400)


def failed(service: str, status: int) -> Refusal:
    """A failure of the service itself: HTTP status 500 or 503."""
    if status == 500:
        code = "InternalError" if service in ("s3", "ec2") else "InternalFailure"
        return Refusal(code=code, message="An internal error occurred.", status=status)
    code = "Unavailable" if service == "ec2" else "ServiceUnavailable"
    return Refusal(code=code, message="The service is not available. Please try again.", status=status)


def protocol(service: str, call: HttpCall) -> str:
    """The protocol that a request speaks, by botocore's name. `service` is the signature's name."""
    kind = call.headers.get("content-type", "")
    if call.headers.get("smithy-protocol") == "rpc-v2-cbor" or "cbor" in kind:
        return "smithy-rpc-v2-cbor"
    if "x-amz-target" in call.headers:
        return "json"
    if "x-www-form-urlencoded" in kind:
        return "ec2" if service == "ec2" else "query"
    return "rest-xml" if service in _REST_XML else "rest-json"


def worded(refusal: Refusal, service: str, call: HttpCall) -> tuple[bytes, str]:
    """The body of a refusal and its content type."""
    code, message = escape(refusal.code), escape(refusal.message)
    error = f"<Code>{code}</Code><Message>{message}</Message>"
    fields = {"__type": refusal.code, "message": refusal.message}
    match protocol(service, call):
        case "ec2":
            return f"<Response><Errors><Error>{error}</Error></Errors></Response>".encode(), "text/xml;charset=UTF-8"
        case "rest-xml" if service == "s3":
            return f"<Error>{error}</Error>".encode(), "application/xml"
        case "query" | "rest-xml":
            kind = "Receiver" if refusal.status >= 500 else "Sender"
            return f"<ErrorResponse><Error><Type>{kind}</Type>{error}</Error></ErrorResponse>".encode(), "text/xml"
        case "smithy-rpc-v2-cbor":
            return cbor2.dumps(fields), "application/cbor"
        case "rest-json":
            return json.dumps(fields).encode(), "application/json"
        case _:
            return json.dumps(fields).encode(), "application/x-amz-json-1.1"
