"""House rule: what is published is what is deployed, and products are wired by contract alone."""

from __future__ import annotations

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template


class SelfContained(CloudFormationLintRule):  # type: ignore[misc]
    """Exports lock versions together, and macros change a template after it was inspected."""

    id = "E9002"
    shortdesc = "No exports, imports, transforms or AppRegistry"
    description = (
        "Exports lock stacks together, macros change what was inspected, and AppRegistry takes no new customers."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html"
    tags = ("house", "wiring")
    mend = "Hand the value over with Stack.provide and a Requires parameter; write out what a macro would have made."

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Look at the whole template."""
        matches = []
        if "Transform" in cfn.template:
            matches.append(RuleMatch(["Transform"], "the template is changed by a transform"))
        for name, output in cfn.template.get("Outputs", {}).items():
            if "Export" in output:
                matches.append(RuleMatch(["Outputs", name, "Export"], f"output {name} is exported"))
        for path in cfn.search_deep_keys("Fn::ImportValue") + cfn.search_deep_keys("Fn::Transform"):
            matches.append(RuleMatch(path[:-1], f"{path[-2]} ties the template to something outside it"))
        for name, resource in cfn.get_resources().items():
            if resource["Type"].startswith("AWS::ServiceCatalogAppRegistry::"):
                matches.append(RuleMatch(["Resources", name, "Type"], f"{name} uses AppRegistry"))
        return matches
