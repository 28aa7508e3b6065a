"""Templates: fetched, read, extended by rules."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.sandbox.servicecatalog import templates
from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.servicecatalog.identity import Caller

YAML = """
Parameters:
  Secret: {Type: String, NoEcho: true}
  Count: {Type: Number, Default: 2, MinValue: 1, MaxValue: 3, AllowedValues: [1, 2, 3]}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties: {DisplayName: !Sub 'x-${AWS::Region}', TopicName: !GetAtt Other.Name}
"""
RULES = {"OnlySmall": {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Size"}, "small"]}}]}}


@pytest.fixture
def caller(scene: Any) -> Caller:
    return scene.server.core.caller(scene.hub, "us-east-1")


def test_short_forms_are_written_out() -> None:
    properties = templates.parse(YAML)["Resources"]["Topic"]["Properties"]

    assert properties == {
        "DisplayName": {"Fn::Sub": "x-${AWS::Region}"},
        "TopicName": {"Fn::GetAtt": ["Other", "Name"]},
    }


@pytest.mark.parametrize(
    "body", ["", "x", "- a", "a: [", '{"Resources": []}', '{"Parameters": {}}', '{"a": 1, "a": 2}']
)
def test_what_is_no_template_is_refused(body: str) -> None:
    assert not templates.readable(body)
    with pytest.raises(ServiceError, match="Invalid templateBody"):
        templates.parse(body)


def test_parameters_are_described_with_their_constraints_as_text() -> None:
    secret, count = templates.describe_parameters(templates.parse(YAML))

    assert (secret["IsNoEcho"], secret["DefaultValue"]) == (True, None)
    assert (count["IsNoEcho"], count["DefaultValue"]) == (False, "2")
    constraints = count["ParameterConstraints"]
    assert constraints["AllowedValues"] == ["1", "2", "3"]
    assert (constraints["MinValue"], constraints["MaxValue"], constraints["MinLength"]) == ("1", "3", None)


def test_rules_are_added_under_names_of_their_own() -> None:
    body = json.dumps({"Rules": {"Own": {}}, "Resources": {}})
    given = json.dumps({"Rules": RULES})

    rules = json.loads(templates.with_rules(body, {"cons-a": given, "cons-b": given}))["Rules"]

    assert set(rules) == {"Own", "consaOnlySmall", "consbOnlySmall"}
    assert rules["consaOnlySmall"] == RULES["OnlySmall"]


def test_without_rules_the_text_stays_as_it_is() -> None:
    assert templates.with_rules(YAML, {}) == YAML


@pytest.mark.parametrize(
    "given",
    ["", "[]", "{}", '{"Rules": {}}', '{"Rules": {"A": {}}}', '{"Rules": {"A": {"Assertions": [{}]}}}'],
)
def test_what_are_no_rules_is_refused(given: str) -> None:
    with pytest.raises(ServiceError, match="InvalidParametersException"):
        templates.rules_of(given)


def test_every_form_of_s3_url_is_understood(scene: Any, caller: Caller) -> None:
    url = scene.put_template(YAML)
    bucket, key = f"templates-{scene.hub}", url.split("/", 3)[3]
    urls = [
        f"https://{bucket}.s3.amazonaws.com/{key}",
        f"https://{bucket}.s3.us-east-1.amazonaws.com/{key}",
        f"https://{bucket}.s3-us-east-1.amazonaws.com/{key}",
        f"https://s3.amazonaws.com/{bucket}/{key}",
        f"https://s3.us-east-1.amazonaws.com/{bucket}/{key}",
        f"https://s3-us-east-1.amazonaws.com/{bucket}/{key}",
        f"{scene.server.url}/{bucket}/{key}",
    ]

    assert {templates.fetch({"LoadTemplateFromURL": url}, caller, scene.endpoint) for url in urls} == {YAML}


def test_an_old_version_of_an_object_can_be_named(scene: Any, caller: Caller) -> None:
    s3 = scene.client("s3", scene.hub)
    s3.create_bucket(Bucket="versioned")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket="versioned", Key="t", Body=b"old")["VersionId"]
    s3.put_object(Bucket="versioned", Key="t", Body=b"new")

    url = f"https://s3.amazonaws.com/versioned/t?versionId={old}"

    assert templates.fetch({"LoadTemplateFromURL": url}, caller, scene.endpoint) == "old"


@pytest.mark.parametrize(
    "info",
    [
        {},
        {"Elsewhere": "x"},
        {"LoadTemplateFromURL": "x", "ImportFromPhysicalId": "y"},
        {"LoadTemplateFromURL": "https://example.com/template.json"},
        {"LoadTemplateFromURL": "https://s3.amazonaws.com/bucket"},
        {"LoadTemplateFromURL": "ftp://s3.amazonaws.com/bucket/key"},
        {"LoadTemplateFromURL": "http://s3.amazonaws.com/bucket/key"},
        {"LoadTemplateFromURL": "https://s3.amazonaws.com/no-such-bucket/key"},
        {"LoadTemplateFromURL": "http://[::1/key"},
        {"LoadTemplateFromURL": "not a url"},
        {"ImportFromPhysicalId": "arn:aws:cloudformation:us-east-1:1:stack/none/1"},
    ],
)
def test_a_source_that_cannot_be_read_is_refused(info: dict[str, str], scene: Any, caller: Caller) -> None:
    with pytest.raises(ServiceError, match="InvalidParametersException"):
        templates.fetch(info, caller, scene.endpoint)


def test_a_template_in_another_accounts_bucket_is_not_readable_for_anyone(scene: Any, caller: Caller) -> None:
    url = scene.put_template(YAML, account=scene.spoke)

    with pytest.raises(ServiceError, match="InvalidParametersException"):
        templates.fetch({"LoadTemplateFromURL": url}, caller, scene.endpoint)


def test_a_template_can_come_from_a_stack(scene: Any, caller: Caller) -> None:
    body = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    stack_id = scene.client("cloudformation", scene.hub).create_stack(StackName="source", TemplateBody=body)["StackId"]

    fetched = templates.fetch({"ImportFromPhysicalId": stack_id}, caller, scene.endpoint)

    assert json.loads(fetched) == json.loads(body)
