"""A template's resources as one account has them."""

from __future__ import annotations

from typing import Any

from factory.catalog.model import AccountId, Region
from factory.synthesis.resolved import resources

ACCOUNT = AccountId("222222222222")


def resolved(template: dict[str, Any], region: str = "us-east-1", **parameters: str) -> dict[str, dict[str, Any]]:
    return resources(template, parameters, ACCOUNT, Region(region))


def test_conditions_parameters_and_pseudo_parameters_are_worked_out() -> None:
    template = {
        "Parameters": {
            "Hub": {"Type": "String"},
            "Accounts": {"Type": "CommaDelimitedList"},
            "Boundary": {"Type": "String", "Default": ""},
        },
        "Conditions": {
            "IsHub": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, {"Ref": "Hub"}]},
            "Bounded": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Boundary"}, ""]}]},
        },
        "Resources": {
            "InHub": {"Type": "A", "Condition": "IsHub"},
            "Here": {
                "Type": "B",
                "Properties": {
                    "Arn": {"Fn::Sub": "arn:${AWS::Partition}:x:${AWS::Region}:${Hub}"},
                    "Accounts": {"Ref": "Accounts"},
                    "Bound": {"Fn::If": ["Bounded", {"Ref": "Boundary"}, {"Ref": "AWS::NoValue"}]},
                    "List": [{"Ref": "Other"}, {"Fn::If": ["Bounded", "b", {"Ref": "AWS::NoValue"}]}],
                },
            },
        },
    }
    made = resolved(template, Hub="111111111111", Accounts="1,2")
    assert made == {
        "Here": {
            "Type": "B",
            "Properties": {
                "Arn": "arn:aws:x:us-east-1:111111111111",
                "Accounts": ["1", "2"],
                "List": [{"Ref": "Other"}],
            },
        }
    }
    bounded = resolved(template, Hub=ACCOUNT, Accounts="1", Boundary="arn:b")
    assert bounded.keys() == {"InHub", "Here"}
    assert bounded["Here"]["Properties"]["Bound"] == "arn:b"
    assert bounded["Here"]["Properties"]["List"] == [{"Ref": "Other"}, "b"]


def test_conditions_of_conditions_are_worked_out() -> None:
    template = {
        "Parameters": {"Hub": {"Type": "String"}, "First": {"Type": "String"}},
        "Conditions": {
            "IsHub": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, {"Ref": "Hub"}]},
            "IsFirst": {"Fn::Equals": [{"Ref": "First"}, "true"]},
            "Both": {"Fn::And": [{"Condition": "IsHub"}, {"Condition": "IsFirst"}]},
            "Other": {"Fn::And": [{"Fn::Not": [{"Condition": "IsHub"}]}, {"Condition": "IsFirst"}]},
            "Any": {"Fn::Or": [{"Condition": "IsHub"}, {"Condition": "IsFirst"}]},
        },
        "Resources": {name: {"Type": "A", "Condition": name} for name in ("Both", "Other", "Any")},
    }
    assert resolved(template, Hub=ACCOUNT, First="true").keys() == {"Both", "Any"}
    assert resolved(template, Hub="111111111111", First="true").keys() == {"Other", "Any"}
    assert resolved(template, Hub="111111111111", First="false").keys() == set()


def test_a_buckets_arn_is_known_by_its_name_also_before_the_bucket() -> None:
    template = {
        "Resources": {
            "After": {
                "Type": "P",
                "Properties": {"On": [{"Fn::GetAtt": ["Kept", "Arn"]}, {"Fn::Sub": "${Kept.Arn}/*"}]},
            },
            "Kept": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "kept"}},
        }
    }
    assert resolved(template, "cn-north-1")["After"]["Properties"]["On"] == [
        "arn:aws-cn:s3:::kept",
        "arn:aws-cn:s3:::kept/*",
    ]


def test_what_only_a_resource_can_tell_stays_a_function() -> None:
    text = {"Fn::Sub": "${Key.Arn} in ${AWS::Region}"}
    template = {"Resources": {"Key": {"Type": "K"}, "Use": {"Type": "U", "Properties": {"Text": text}}}}
    assert resolved(template)["Use"]["Properties"] == {"Text": {"Fn::Sub": "${Key.Arn} in us-east-1"}}
