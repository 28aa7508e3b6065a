"""Refusals as botocore's own parsers read them."""

from __future__ import annotations

import botocore.session
import pytest
from botocore.model import StructureShape
from botocore.parsers import create_parser

from factory.sandbox.faults.answers import failed, throttled, worded
from factory.sandbox.faults.services import HttpCall

REQUESTS = {
    "json": ("ecs", {"x-amz-target": "Amazon.ListClusters"}),
    "query": ("sns", {"content-type": "application/x-www-form-urlencoded"}),
    "ec2": ("ec2", {"content-type": "application/x-www-form-urlencoded"}),
    "rest-json": ("lambda", {}),
    "rest-xml": ("route53", {}),
    "smithy-rpc-v2-cbor": ("servicecatalog", {"smithy-protocol": "rpc-v2-cbor"}),
}


@pytest.mark.parametrize("status", [None, 500, 503])
@pytest.mark.parametrize("spoken", REQUESTS)
def test_botocore_reads_code_and_message(spoken: str, status: int | None) -> None:
    service, headers = REQUESTS[spoken]
    call = HttpCall(method="POST", path="/", query="", headers=headers, body=b"")
    refusal = failed(service, status) if status else throttled(service, call)
    body, content_type = worded(refusal, service, call)
    model = botocore.session.get_session().get_service_model(service)
    shapes = (model.operation_model(name).output_shape for name in model.operation_names)
    shape = next(shape for shape in shapes if isinstance(shape, StructureShape))
    answer = {"status_code": refusal.status, "headers": {"content-type": content_type}, "body": body}
    error = create_parser(spoken).parse(answer, shape)["Error"]
    assert (error["Code"], error["Message"]) == (refusal.code, refusal.message)
