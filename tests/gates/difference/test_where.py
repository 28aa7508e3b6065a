"""For which launches a change holds: conditions, tables, and what those who launched the version before have given."""

from __future__ import annotations

from typing import Any

from factory.gates.difference import Change, Difference, Kind, compare
from tests.gates.difference.corpus import att, ref, resource

CLASSES = ["dev", "staging", "prod"]


def form(**resources: Any) -> dict[str, Any]:
    """A template with an environment's class, a size and a switch."""
    return {
        "Parameters": {
            "Environment": {"Type": "String", "AllowedValues": CLASSES},
            "Size": {"Type": "String", "Default": "auto"},
            "Keeps": {"Type": "String", "AllowedValues": ["true", "false"]},
        },
        "Conditions": {
            "IsProd": {"Fn::Equals": [ref("Environment"), "prod"]},
            "IsKept": {"Fn::Equals": [ref("Keeps"), "true"]},
            "IsKeptInProd": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsKept"}]},
            "SizeIsAuto": {"Fn::Equals": [ref("Size"), "auto"]},
        },
        "Mappings": {"Sizing": {name: {"Size": f"{name}-size"} for name in CLASSES}},
        "Resources": {"Other": resource("SNS::Topic"), **resources},
    }


def topic(name: Any) -> dict[str, Any]:
    return resource("SNS::Topic", TopicName=name)


def either(condition: str, yes: Any, no: Any) -> dict[str, Any]:
    return {"Fn::If": [condition, yes, no]}


def only(difference: Difference, kind: Kind) -> Change:
    (change,) = difference.of(kind)
    return change


def where(difference: Difference, kind: Kind) -> str:
    return str(only(difference, kind).when)


def test_one_branch_of_a_condition() -> None:
    difference = compare(form(T=topic(either("IsProd", "a", "b"))), form(T=topic(either("IsProd", "c", "b"))))
    assert where(difference, Kind.RESOURCE_REPLACED) == "where Environment is prod"
    assert only(difference, Kind.RESOURCE_REPLACED).details == ("TopicName: a → c",)


def test_two_conditions_together() -> None:
    before, after = (form(T=topic(either("IsKeptInProd", name, "b"))) for name in "ac")
    assert where(compare(before, after), Kind.RESOURCE_REPLACED) == "where Environment is prod and Keeps is true"


def test_a_table_by_the_class_of_the_environment() -> None:
    size = either("SizeIsAuto", {"Fn::FindInMap": ["Sizing", ref("Environment"), "Size"]}, ref("Size"))
    before, after = form(T=topic(size)), form(T=topic(size))
    after["Mappings"]["Sizing"]["prod"]["Size"] = "larger"
    difference = compare(before, after)
    assert where(difference, Kind.RESOURCE_REPLACED) == "where Environment is prod and Size is auto"
    assert only(difference, Kind.RESOURCE_REPLACED).details == ("TopicName: prod-size → larger",)


def test_a_condition_that_is_declared_differently() -> None:
    before, after = (form(T={**topic("a"), "Condition": "IsProd"}) for _ in range(2))
    after["Conditions"]["IsProd"] = {"Fn::Not": [{"Fn::Equals": [ref("Environment"), "dev"]}]}
    assert where(compare(before, after), Kind.RESOURCE_ADDED) == "where Environment is staging"


def test_a_condition_by_another_name_is_no_change_of_the_resource() -> None:
    before, after = form(T={**topic("a"), "Condition": "IsProd"}), form(T={**topic("a"), "Condition": "InProd"})
    after["Conditions"]["InProd"] = after["Conditions"].pop("IsProd")
    after["Conditions"]["IsKeptInProd"]["Fn::And"][0] = {"Condition": "InProd"}
    assert [change.kind for change in compare(before, after).changes] == [Kind.TEXTS_CHANGED]


def test_a_comparison_that_no_parameter_decides() -> None:
    before, after = (form(T=topic(either("IsHere", name, "b"))) for name in "ac")
    for side in (before, after):
        side["Conditions"]["IsHere"] = {"Fn::Equals": [{"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "eu-west-1a"]}
    assert where(compare(before, after), Kind.RESOURCE_REPLACED) == "in some cases"


def test_too_many_combinations_are_possible_rather_than_certain() -> None:
    before, after = (form(T=resource("SNS::Topic")) for _ in range(2))
    for side, name in ((before, "a"), (after, "b")):
        value: Any = name
        for place in range(13):
            side["Parameters"][f"P{place}"] = {"Type": "String"}
            side["Conditions"][f"C{place}"] = {"Fn::Equals": [ref(f"P{place}"), "1"]}
            value = either(f"C{place}", f"other-{place}", value)
        side["Resources"]["T"]["Properties"]["TopicName"] = value
    assert where(compare(before, after), Kind.RESOURCE_MAY_BE_REPLACED) == ""


def test_whoever_launched_before_has_the_default_of_a_new_question() -> None:
    before, after = form(T=topic("a")), form(T=topic(ref("Name")))
    after["Parameters"]["Name"] = {"Type": "String", "Default": "a"}
    assert [change.kind for change in compare(before, after).changes] == [Kind.PARAMETER_ADDED]
    after["Parameters"]["Name"]["Default"] = "b"
    assert compare(before, after).of(Kind.RESOURCE_REPLACED)
    del after["Parameters"]["Name"]["Default"]
    assert compare(before, after).of(Kind.RESOURCE_MAY_BE_REPLACED)


def test_whoever_launched_before_keeps_their_value() -> None:
    before, after = form(T=topic(ref("Size"))), form(T=topic(ref("Size")))
    after["Parameters"]["Size"]["Default"] = "large"
    assert [change.kind for change in compare(before, after).changes] == [Kind.PARAMETER_DEFAULT_CHANGED]


def test_one_launch() -> None:
    before, after = (form(T=topic(either("IsProd", name, ref("Size")))) for name in "ac")
    after["Resources"]["T"]["Properties"]["TopicName"]["Fn::If"][2] = "small"
    prod = compare(before, after, launched={"Environment": "prod"})
    assert where(prod, Kind.RESOURCE_REPLACED) == ""
    dev = compare(before, after, launched={"Environment": "dev", "Size": "small"})
    assert [change.kind for change in dev.changes] == [Kind.TEXTS_CHANGED]
    assert compare(before, after, launched={"Environment": "dev", "Size": "large"}).of(Kind.RESOURCE_REPLACED)


def test_what_follows_is_limited_by_both() -> None:
    def pair(name: str) -> dict[str, Any]:
        subscription = resource("SNS::Subscription", TopicArn=ref("T"), Protocol="email", Endpoint="a@example.com")
        return form(T=topic(either("IsProd", name, "b")), S={**subscription, "Condition": "IsKept"})

    changes = {change.subject: change for change in compare(pair("a"), pair("c")).of(Kind.RESOURCE_REPLACED)}
    assert str(changes["S"].when) == "where Environment is prod and Keeps is true"
    assert changes["S"].follows == ("T",)
    assert changes["T"].follows == ()


def test_an_attribute_of_what_is_updated_may_change_its_dependents() -> None:
    def pair(engine: str, attribute: str) -> dict[str, Any]:
        return form(
            D=resource("RDS::DBInstance", DBInstanceClass=engine),
            T=topic(att("D", attribute)),
        )

    endpoint = compare(pair("db.t3.micro", "Endpoint.Address"), pair("db.t3.small", "Endpoint.Address"))
    assert only(endpoint, Kind.RESOURCE_MAY_BE_REPLACED).follows == ("D",)
    arn = compare(pair("db.t3.micro", "DBInstanceArn"), pair("db.t3.small", "DBInstanceArn"))
    assert not arn.of(Kind.RESOURCE_MAY_BE_REPLACED)


def test_the_order_of_what_has_none_is_said_to_be_possible() -> None:
    def group(*subnets: str) -> dict[str, Any]:
        return form(A=resource("EC2::VPCEndpoint", VpcId="vpc-1", ServiceName="s", SubnetIds=list(subnets)))

    assert [change.kind for change in compare(group("a", "b"), group("b", "a")).changes] == [Kind.TEXTS_CHANGED]


def test_the_tag_of_the_version_is_no_change() -> None:
    def tagged(version: str) -> dict[str, Any]:
        tag = {"Key": "ProductVersion", "Value": version}
        return form(T=resource("SNS::Topic", Tags=[{"Key": "Owner", "Value": "me"}, tag]))

    difference = compare(tagged("1.0.0"), tagged("1.0.1"))
    assert not difference
    assert difference.stamped == ("T",)


def test_the_tag_of_the_version_replaces_what_can_carry_no_other() -> None:
    def tagged(version: str) -> dict[str, Any]:
        return form(K=resource("EC2::KeyPair", KeyName="k", Tags=[{"Key": "ProductVersion", "Value": version}]))

    (change,) = compare(tagged("1.0.0"), tagged("1.0.1")).changes
    assert change.kind is Kind.UPDATE_REFUSED
    assert change.details[-1] == "Tags: the tag ProductVersion, so that each version replaces it"


def test_a_custom_resource_is_replaced_if_its_function_says_so() -> None:
    def custom(token: Any, size: str) -> dict[str, Any]:
        return form(C={"Type": "Custom::Size", "Properties": {"ServiceToken": token, "Size": size}})

    assert compare(custom("arn:f", "1"), custom("arn:f", "2")).of(Kind.RESOURCE_MAY_BE_REPLACED)
    assert compare(custom("arn:f", "1"), custom("arn:g", "1")).of(Kind.UPDATE_REFUSED)


def test_a_name_that_goes_over_to_another_resource() -> None:
    difference = compare(form(A=topic("alarms")), form(B=topic("alarms")))
    (refused,) = difference.of(Kind.UPDATE_REFUSED)
    assert refused.details == ("it takes the name alarms of A, which CloudFormation removes only afterwards",)


def sent(name: Any, **parameters: Any) -> dict[str, Any]:
    """A topic whose name depends on the first word of an answer."""
    body = form(T=topic(name))
    first = {"Fn::Select": [0, {"Fn::Split": [" ", {"Fn::Sub": "${Where} none"}]}]}
    body["Parameters"].update(parameters)
    body["Conditions"]["IsSent"] = {"Fn::Equals": [first, "there"]}
    return body


def test_a_new_question_is_taken_apart_at_its_default() -> None:
    new = {"Where": {"Type": "String", "Default": "here"}}
    changed = compare(form(T=topic("a")), sent(either("IsSent", "b", "a"), **new))
    assert [change.kind for change in changed.changes] == [Kind.PARAMETER_ADDED]
    sends = {"Where": {"Type": "String", "Default": "there now"}}
    changed = compare(form(T=topic("a")), sent(either("IsSent", "b", "a"), **sends))
    assert only(changed, Kind.RESOURCE_REPLACED).details == ("TopicName: a → b",)


def test_an_answer_that_people_gave_stays_open() -> None:
    asked = {"Where": {"Type": "String", "Default": "here"}}
    before, after = (sent(either("IsSent", name, "a"), **asked) for name in "bc")
    assert "in some cases" in where(compare(before, after), Kind.RESOURCE_REPLACED)
