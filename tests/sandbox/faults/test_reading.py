"""Documents of faults, right and wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from factory.errors import ManifestError
from factory.sandbox.faults.reading import read_data, read_file
from factory.sandbox.faults.services import Services
from factory.sandbox.faults.settings import CallFault, Kind, Occasion, ResourceFault, Settings, Step

SERVICES = Services()

FILE = """
seed: 7
faults:
  - {service: servicecatalog, operation: Create*, kind: throttle, probability: 0.25}
  - {service: s3, operation: GetObject, kind: server-error, status: 500, nth: 3}
  - {service: '*', kind: timeout-after, account: "111111111111"}
  - {service: servicecatalog, operation: CreateProduct, kind: read-lag, reads: 4}
resources:
  - {type: 'AWS::EC2::NatGateway', logical-id: Nat1, step: update, reason: No capacity., seconds: 2.5, times: 1}
"""
SETTINGS = Settings(
    seed=7,
    calls=(
        CallFault(
            service="servicecatalog",
            operation="Create*",
            kind=Kind.THROTTLE,
            occasion=Occasion(probability=0.25),
        ),
        CallFault(
            service="s3",
            operation="GetObject",
            kind=Kind.SERVER_ERROR,
            status=500,
            occasion=Occasion(nth=3, times=1),
        ),
        CallFault(service="*", operation="*", kind=Kind.TIMEOUT_AFTER, account="111111111111", seconds=300),
        CallFault(service="servicecatalog", operation="CreateProduct", kind=Kind.READ_LAG, reads=4),
    ),
    resources=(
        ResourceFault(
            type="AWS::EC2::NatGateway",
            logical_id="Nat1",
            step=Step.UPDATE,
            reason="No capacity.",
            seconds=2.5,
            occasion=Occasion(times=1),
        ),
    ),
)


def test_a_file_with_everything(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(FILE)
    assert read_file(path, SERVICES) == SETTINGS


def test_what_is_written_can_be_read() -> None:
    assert read_data(SETTINGS.document(), SERVICES) == SETTINGS


def test_an_empty_document_is_no_faults() -> None:
    assert read_data({}, SERVICES) == Settings()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("faulst: []", 1, "faulst is unknown; did you mean faults?"),
        ("seed: soon", 1, "'soon' is not a whole number"),
        ("faults:\n- {service: servicecatlog, kind: throttle}", 2, "did you mean servicecatalog?"),
        ("faults:\n- {service: s3, operation: GetObjekt, kind: throttle}", 2, "did you mean GetObject?"),
        ("faults:\n- {service: s3, operation: Fetch*, kind: throttle}", 2, "'Fetch*' is unknown in s3"),
        ("faults:\n- {service: '*', operation: GetObject, kind: throttle}", 2, "needs a service"),
        ("faults:\n- {service: s3, kind: throtle}", 2, "did you mean throttle?"),
        ("faults:\n- {service: s3}", 2, "kind is missing"),
        ("faults:\n- {kind: throttle}", 2, "service is missing"),
        ("faults:\n- {service: s3, kind: throttle, probability: 1.5}", 2, "'1.5' is not a probability"),
        ("faults:\n- {service: s3, kind: throttle, probability: 0}", 2, "'0' is not a probability"),
        ("faults:\n- {service: s3, kind: throttle, probability: 0.5, nth: 2}", 2, "does not go with probability"),
        ("faults:\n- {service: s3, kind: throttle, nth: 0}", 2, "'0' is not a whole number from 1 on"),
        ("faults:\n- {service: s3, kind: throttle, seconds: 3}", 2, "seconds is not for throttle"),
        ("faults:\n- {service: s3, kind: throttle, status: 500}", 2, "status is not for throttle"),
        ("faults:\n- {service: s3, kind: server-error, status: 404}", 2, "'404' is unknown; there is 500, 503"),
        ("faults:\n- {service: s3, kind: delay}", 2, "needs seconds"),
        ("faults:\n- {service: s3, kind: read-lag, reads: 1}", 2, "must be servicecatalog"),
        ("faults:\n- {service: servicecatalog, kind: read-lag}", 2, "needs either seconds or reads"),
        ("faults:\n- {service: servicecatalog, kind: read-lag, reads: 1, seconds: 1}", 2, "needs either"),
        ("faults:\n- {service: servicecatalog, operation: List*, kind: read-lag, reads: 1}", 2, "makes nothing"),
        ("faults:\n- {service: s3, kind: throttle, account: '12'}", 2, "'12' is not an account id"),
        ("resources:\n- {type: 'AWS::S3::Bucket'}", 2, "needs a reason to fail with, or seconds to take"),
        ("resources:\n- {type: 'AWS::S3::Bukket', reason: No.}", 2, "did you mean AWS::S3::Bucket?"),
        ("resources:\n- {reason: No.}", 2, "type is missing"),
        ("resources:\n- {type: 'AWS::S3::Bucket', step: make, reason: No.}", 2, "'make' is unknown; "),
        ("resources:\n- {type: 'AWS::S3::Bucket', logical_id: A, reason: No.}", 2, "did you mean logical-id?"),
        ("faults: [", 1, "cannot be read"),
        ("- 1", 1, "must be a mapping"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, line: int, message: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(text)
    with pytest.raises(ManifestError) as refused:
        read_file(path, SERVICES)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == ("faults.yaml", line)
    assert message in problem.message


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(ManifestError) as refused:
        read_data({"seed": "x", "faults": [{"service": "s4", "kind": "no"}], "resources": [{}]}, SERVICES)
    assert len(refused.value.problems) == 5
