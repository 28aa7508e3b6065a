"""House rule E9002: no exports, imports, transforms or AppRegistry."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask, resource

QUEUE = resource("AWS::SQS::Queue")


def test_a_plain_template_is_kept() -> None:
    assert ask("E9002", QUEUE, Outputs={"Url": {"Value": {"Ref": "It"}}}) == []


@pytest.mark.parametrize(
    ("resources", "sections", "message"),
    [
        (QUEUE, {"Transform": "AWS::LanguageExtensions"}, "Transform: the template is changed by a transform"),
        (QUEUE, {"Outputs": {"Url": {"Value": "x", "Export": {"Name": "url"}}}}, "Outputs/Url/Export"),
        (QUEUE, {"Outputs": {"Url": {"Value": {"Fn::ImportValue": "url"}}}}, "Outputs/Url/Value"),
        (resource("AWS::SQS::Queue", Tags={"Fn::Transform": {"Name": "AWS::Include"}}), {}, "Resources/It/Properties"),
        (resource("AWS::ServiceCatalogAppRegistry::Application", Name="x"), {}, "It uses AppRegistry"),
    ],
)
def test_a_tie_to_the_outside_is_found(resources: dict[str, Any], sections: dict[str, Any], message: str) -> None:
    (found,) = ask("E9002", resources, **sections)
    assert message in found
