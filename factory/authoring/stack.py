"""The template under construction: it tags, names, wires and refuses clashes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from troposphere import AWSObject, Output, Ref, Sub, Tags, Template
from troposphere.awslambda import Code
from troposphere.ssm import Parameter as SsmParameter

from factory.authoring.assets import Asset, zip_directories
from factory.authoring.contract import ContractValue
from factory.authoring.exemption import METADATA, Exemption
from factory.authoring.parameters import Parameter
from factory.authoring.product import Product
from factory.authoring.schemas import TagShape, tag_property
from factory.authoring.texts import project_text
from factory.errors import AuthoringError

Resource = TypeVar("Resource", bound=AWSObject)


class Stack:
    """What a product adds its resources to.

    A logical name is used once across parameters, conditions, rules and resources; outputs, which nothing refers to,
    have names of their own.
    """

    def __init__(self, product: type[Product]) -> None:
        self._product = product
        self._taken: dict[str, str] = {}
        self.template = Template(Description=product.description())
        self.assets: dict[str, Asset] = {}
        self.provided: dict[ContractValue, str] = {}
        self.found: set[ContractValue] = set()
        for parameter in product.parameters():
            self._take("parameter", parameter.name)

    def add(self, resource: Resource) -> Resource:
        """Add a resource, with the platform's tags where its type can carry any.

        Tags given on the resource (a `Name`, say) are kept beside them. Raises AuthoringError for a name that is taken
        and for a type that CloudFormation does not have.
        """
        self._take("resource", resource.title)
        self._tag(resource)
        self.template.add_resource(resource)
        return resource

    def explain(self, resource: AWSObject, check: str, reason: str) -> None:
        """Say beside a resource why a scanner's check cannot hold for it; the reason is a limit of the service."""
        metadata = dict(getattr(resource, "Metadata", {}))
        skips = metadata.setdefault("checkov", {}).setdefault("skip", [])
        skips.append({"id": check, "comment": reason})
        resource.Metadata = metadata

    def exempt(self, resource: AWSObject, rule: str, reason: str, *, owner: str, review: str) -> None:
        """Let a resource break a rule of the gates, for a reason, until its review (a date such as 2027-06-30).

        `owner` answers for it. The exception shows in every report, and ends with its date.
        Raises AuthoringError where one of these says nothing.
        """
        body = {"rule": rule, "reason": reason, "owner": owner, "review": review}
        exemption = Exemption.from_json(body)
        metadata = dict(getattr(resource, "Metadata", {}))
        metadata.setdefault(METADATA, {}).setdefault("exceptions", []).append(exemption.to_json())
        resource.Metadata = metadata

    def condition(self, name: str, expression: Any) -> str:
        """Declare a condition and give its name, for `If` and for a resource's `Condition`."""
        self._take("condition", name)
        self.template.add_condition(name, expression)
        return name

    def rule(self, name: str, *assertions: tuple[Any, str], when: Any = None) -> None:
        """Refuse a launch, before anything is created, unless every assertion holds.

        An assertion is an expression with the text that a person reads when it fails; `when` limits the rule.
        """
        self._take("rule", name)
        body: dict[str, Any] = {
            "Assertions": [{"Assert": assertion, "AssertDescription": text} for assertion, text in assertions]
        }
        if when is not None:
            body["RuleCondition"] = when
        self.template.add_rule(name, body)

    def output(self, name: str, value: Any, description: str, *, condition: str | None = None) -> None:
        """Show a value to whoever launched the product."""
        if name in self.template.outputs:
            raise AuthoringError(f"product {self._product.name}: output {name}: another output has that name")
        more = {"Condition": condition} if condition else {}
        self.template.add_output(Output(name, Value=value, Description=description, **more))

    def provide(
        self,
        value: ContractValue,
        content: Any,
        *,
        provider: Parameter | None = None,
        condition: str | None = None,
    ) -> None:
        """Hand a value to other products: written to its contract path, and shown as an output.

        `provider` is the parameter that holds this launch's name, for values of which an environment has several.
        A list value takes its content already joined by commas.
        """
        if value.product != self._product.name:
            raise AuthoringError(
                f"product {self._product.name} provides {value.product}/{value.name}: not its own value"
            )
        self._is_named(value, provider)
        title = "".join(part.capitalize() for part in value.name.split("-"))
        parameter = SsmParameter(
            f"{title}Contract",
            Name=value.key_expression(provider.name if provider else None),
            Type="StringList" if value.kind.is_list else "String",
            Value=content,
            Description=value.description,
        )
        if condition:
            parameter.Condition = condition
        self.add(parameter)
        self.output(title, content, value.description, condition=condition)
        self.provided[value] = condition or ""

    def find(self, value: ContractValue, *, provider: Parameter | None = None) -> Sub:
        """A value that another product provides, for a launch that may do without it; `Requires` demands it.

        It is read from its contract path when a resource is made that uses it, so put it where the condition of the
        launch has to hold: a path that nobody has written fails the resource. `provider` as in `provide`.
        Raises AuthoringError for a list, which CloudFormation would read as one text.
        """
        self._is_named(value, provider)
        if value.kind.is_list:
            raise AuthoringError(f"contract value {value.product}/{value.name}: a list can only be required")
        self.found.add(value)
        key = value.key(instance="${Instance}", provider=f"${{{provider.name}}}" if provider else "")
        return Sub(f"{{{{resolve:ssm:{key}}}}}")

    def code(self, *directories: Path) -> Code:
        """The code of a Lambda function, packed from one or more directories and fetched from the artifact bucket."""
        asset = zip_directories(*directories)
        self.assets[asset.key] = asset
        return Code(S3Bucket=Ref("AssetBucket"), S3Key=asset.key)

    def text(self, name: str) -> str:
        """A text file of the project, such as `buildspecs/test.yml`; one that it does not have is the shipped one."""
        return project_text(name)

    def name(self, kind: str, identifier: str = "") -> Sub:
        """A physical name `{project}-{environment}-{kind}[-{identifier}]`, for where one must be set.

        The identifier is a `Fn::Sub` text, so it may hold `${Parameter}`.
        """
        return Sub("-".join(part for part in ("${Project}", "${Environment}", kind, identifier) if part))

    def tags(self) -> dict[str, Any]:
        """The platform's mandatory tags, key to value."""
        return {
            "Project": Ref("Project"),
            "Environment": Ref("Environment"),
            "Owner": Ref("Owner"),
            "CostCenter": Ref("CostCenter"),
            "Compliance": Ref("Compliance"),
            "Product": self._product.name,
            "ProductVersion": self._product.version,
            "ManagedBy": "service-catalog",
        }

    def _tag(self, resource: AWSObject) -> None:
        try:
            place = tag_property(resource.resource_type)
        except KeyError:
            if resource.resource_type.startswith("Custom::"):
                return
            message = f"resource {resource.title}: CloudFormation has no type {resource.resource_type}"
            raise AuthoringError(message) from None
        if place is None:
            return
        own = resource.properties.pop(place.name, {})
        if isinstance(own, Tags):
            own = {tag["Key"]: tag["Value"] for tag in own.tags}
        tags = {**self.tags(), **own}
        # Written past troposphere's own property check, which knows fewer taggable types than the schemas.
        resource.properties[place.name] = Tags(tags) if place.shape is TagShape.LIST else tags

    def _is_named(self, value: ContractValue, provider: Parameter | None) -> None:
        if value.named != (provider is not None):
            raise AuthoringError(f"contract value {value.product}/{value.name}: `provider` and `named` go together")

    def _take(self, section: str, name: str) -> None:
        if name in self._taken:
            raise AuthoringError(f"product {self._product.name}: {section} {name}: a {self._taken[name]} has that name")
        self._taken[name] = section
