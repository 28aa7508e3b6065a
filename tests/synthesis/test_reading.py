"""Templates that others wrote, as data."""

from __future__ import annotations

import json

import pytest

from factory.errors import GateError
from factory.synthesis.reading import template_data

YAML = b"""
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Sub "${AWS::StackName}", FifoTopic: true}
"""


def test_short_forms_are_written_out_and_nothing_but_plain_data_is_left() -> None:
    found = template_data(YAML)
    topic = {"DisplayName": {"Fn::Sub": "${AWS::StackName}"}, "FifoTopic": True}
    assert found["Resources"]["Topic"]["Properties"] == topic
    assert found["AWSTemplateFormatVersion"] == "2010-09-09"
    assert {type(item) for item in (found, found["Resources"], *found["Resources"])} == {dict, str}
    assert template_data(json.dumps(found).encode()) == found


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"Resources: [", b"just a text", b"\xff\xfe\x00"])
def test_what_is_no_template_is_refused(body: bytes) -> None:
    with pytest.raises(GateError, match="a published template cannot be read"):
        template_data(body)
