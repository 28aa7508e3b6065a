"""Protections that are not a setting: tags, deletion policies, attributes, containers, groups, and companions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from factory.authoring.schemas import TagShape, tag_property
from factory.gates.rules.stateful_policies import StatefulPolicies
from tests.gates.mutations.mutation import Mutation, Template, properties, switchable

_ASKED = {"Type": "String", "Description": "Asked of whoever launches."}
_WORLD = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0", "Description": "Administration"}
_NOTHING = {"Ref": "AWS::NoValue"}

_ATTRIBUTES = {
    "access_logs.s3.enabled": ("no access logs of the load balancer", "false"),
    "routing.http.drop_invalid_header_fields.enabled": ("invalid headers pass", "false"),
    "deletion_protection.enabled": ("a load balancer deletable in prod", "false"),
}


def mutations(template: Template) -> Iterator[Mutation]:
    """Every mutation of a resource's structure, and of the template's."""
    for name, body in template["Resources"].items():
        yield from _tags(name, body)
        yield from _policies(name, body)
        yield from _by_type(name, body, template)
    yield from _of_template(template)


def _tags(name: str, body: dict[str, Any]) -> Iterator[Mutation]:
    if body["Type"].startswith("Custom::"):
        return
    place = tag_property(body["Type"])
    if place is None:
        return

    def without(template: Template) -> None:
        del properties(template, name)[place.name]

    def without_owner(template: Template) -> None:
        tags = properties(template, name)[place.name]
        if place.shape is TagShape.MAP:
            del tags["Owner"]
        else:
            tags[:] = [tag for tag in tags if tag["Key"] != "Owner"]

    def on_a_branch(template: Template) -> None:
        tags = properties(template, name)[place.name]
        properties(template, name)[place.name] = switchable(template, tags, _NOTHING)

    yield Mutation(kind="no tags", resource=name, change=without)
    yield Mutation(kind="no owner's tag", resource=name, change=without_owner)
    yield Mutation(kind="no tags, on one branch", resource=name, change=on_a_branch)


def _policies(name: str, body: dict[str, Any]) -> Iterator[Mutation]:
    if body["Type"] not in StatefulPolicies.types:
        return
    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):

        def delete(template: Template, policy: str = policy) -> None:
            template["Resources"][name][policy] = "Delete"

        def none(template: Template, policy: str = policy) -> None:
            del template["Resources"][name][policy]

        yield Mutation(kind="data goes with its resource", resource=name, change=delete)
        yield Mutation(kind="data goes with its resource", resource=name, change=none)


def _by_type(name: str, body: dict[str, Any], template: Template) -> Iterator[Mutation]:
    match body["Type"]:
        case "AWS::EC2::SecurityGroup":
            yield from _group(name)
        case "AWS::EC2::SecurityGroupIngress":
            yield from _way_in(name)
        case "AWS::EC2::NetworkAcl":
            yield _added("an administration port open in a network ACL", name, _acl_entry(name))
        case "AWS::ElasticLoadBalancingV2::LoadBalancer":
            yield from _balancer(name)
        case "AWS::ElasticLoadBalancingV2::Listener":
            yield from _listener(name, body)
        case "AWS::ECS::TaskDefinition":
            yield from _containers(name, body)
        case "AWS::Lambda::Function":
            yield _changed("a secret among the variables", name, _secret_variable(name))
        case "AWS::Lambda::Permission":
            yield _changed("a function for any account's topics", name, _without_source(name))
        case "AWS::S3::Bucket":
            yield from _bucket(name, template)
        case "AWS::SQS::Queue" | "AWS::SNS::Topic" | "AWS::SecretsManager::Secret":
            yield from _opened(name, body["Type"])
        case "AWS::EC2::VPC":
            for kind, types in (
                ("no flow logs", {"AWS::EC2::FlowLog"}),
                ("an open default group", {"Custom::ClosedSecurityGroup"}),
            ):
                yield from _gone(kind, name, types, template)
        case "AWS::WAFv2::WebACL":
            yield from _gone("no firewall", name, {"AWS::WAFv2::WebACLAssociation"}, template)
            yield from _gone("no log of the firewall", name, {"AWS::WAFv2::LoggingConfiguration"}, template)
        case "AWS::IAM::Role":
            yield from _role(name)


def _changed(kind: str, name: str, change: Callable[[Template], None]) -> Mutation:
    return Mutation(kind=kind, resource=name, change=change)


def _added(kind: str, name: str, body: dict[str, Any]) -> Mutation:
    """A further resource that undoes what another one does."""

    def add(template: Template) -> None:
        if "Condition" in template["Resources"][name]:
            body["Condition"] = template["Resources"][name]["Condition"]
        template["Resources"]["Mutant"] = body

    return Mutation(kind=kind, resource=name, change=add)


def _gone(kind: str, name: str, types: set[str], template: Template) -> Iterator[Mutation]:
    companions = [other for other, body in template["Resources"].items() if body["Type"] in types]
    if companions:

        def remove(mutant: Template) -> None:
            for other in companions:
                del mutant["Resources"][other]

        yield Mutation(kind=kind, resource=name, change=remove)


def _group(name: str) -> Iterator[Mutation]:
    everything = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0", "Description": "Everything"}
    for kind, key, opening in (
        ("an administration port open to the world", "SecurityGroupIngress", _WORLD),
        (
            "an administration port open to the world",
            "SecurityGroupIngress",
            {**{key: value for key, value in _WORLD.items() if key != "CidrIp"}, "CidrIpv6": "::/0"},
        ),
        ("a database port open to the world", "SecurityGroupIngress", {**_WORLD, "FromPort": 5432, "ToPort": 5432}),
        ("every port open to the world", "SecurityGroupIngress", everything),
        ("everything may leave", "SecurityGroupEgress", everything),
    ):

        def open_up(template: Template, key: str = key, opening: dict[str, Any] = opening) -> None:
            for rules in _lists(properties(template, name).setdefault(key, [])):
                rules.append(opening)

        def on_a_branch(template: Template, key: str = key, opening: dict[str, Any] = opening) -> None:
            for rules in _lists(properties(template, name).setdefault(key, [])):
                rules.append(switchable(template, _NOTHING, opening))

        yield Mutation(kind=kind, resource=name, change=open_up)
        yield Mutation(kind=f"{kind}, on one branch", resource=name, change=on_a_branch)
    group = {"Fn::GetAtt": [name, "GroupId"]}
    for kind, key in (("Ingress", _WORLD), ("Egress", everything)):
        added = {"Type": f"AWS::EC2::SecurityGroup{kind}", "Properties": {**key, "GroupId": group}}
        yield _added(f"a group opened by a resource beside it ({kind.lower()})", name, added)


def _lists(node: Any) -> Iterator[list[Any]]:
    """The lists that a property is, on whichever branch."""
    if isinstance(node, list):
        yield node
    elif isinstance(node, dict) and set(node) == {"Fn::If"}:
        for branch in node["Fn::If"][1:]:
            yield from _lists(branch)


def _way_in(name: str) -> Iterator[Mutation]:
    def open_up(template: Template) -> None:
        found = properties(template, name)
        found.pop("SourceSecurityGroupId", None)
        found.update(_WORLD)

    yield Mutation(kind="an administration port open to the world", resource=name, change=open_up)


def _acl_entry(name: str) -> dict[str, Any]:
    entry = {"CidrBlock": "0.0.0.0/0", "Egress": False, "NetworkAclId": {"Ref": name}, "Protocol": 6}
    ports = {"PortRange": {"From": 22, "To": 22}, "RuleAction": "allow", "RuleNumber": 99}
    return {"Type": "AWS::EC2::NetworkAclEntry", "Properties": {**entry, **ports}}


def _balancer(name: str) -> Iterator[Mutation]:
    for key, (kind, weak) in _ATTRIBUTES.items():

        def weaken(template: Template, key: str = key, weak: str = weak) -> None:
            for attribute in properties(template, name)["LoadBalancerAttributes"]:
                if attribute.get("Key") == key:
                    attribute["Value"] = weak

        def leave_out(template: Template, key: str = key) -> None:
            found = properties(template, name)
            found["LoadBalancerAttributes"] = [
                item for item in found["LoadBalancerAttributes"] if item.get("Key") != key
            ]

        yield Mutation(kind=kind, resource=name, change=weaken)
        yield Mutation(kind=kind, resource=name, change=leave_out)


def _listener(name: str, body: dict[str, Any]) -> Iterator[Mutation]:
    def plain(template: Template) -> None:
        found = properties(template, name)
        found.pop("SslPolicy", None)
        found.pop("Certificates", None)
        found.update(Protocol="HTTP", Port=80, DefaultActions=[{"Type": "forward", "TargetGroupArn": "arn:aws:x"}])

    def redirect(template: Template) -> None:
        for action in properties(template, name)["DefaultActions"]:
            action.get("RedirectConfig", {})["Protocol"] = "HTTP"

    yield Mutation(kind="requests in the clear", resource=name, change=plain)
    if any("RedirectConfig" in action for action in body["Properties"]["DefaultActions"]):
        yield Mutation(kind="a redirect that stays in the clear", resource=name, change=redirect)


def _containers(name: str, body: dict[str, Any]) -> Iterator[Mutation]:
    def of(definition: Any) -> dict[str, Any]:
        found: dict[str, Any] = definition["Fn::If"][1] if "Fn::If" in definition else definition
        return found

    weak: tuple[tuple[str, Callable[[dict[str, Any]], Any]], ...] = (
        ("a container that runs as root", lambda found: found.update(User="0")),
        ("a container that runs as root", lambda found: found.update(User="root:root")),
        ("a container that runs as its image says", lambda found: found.pop("User")),
        ("a container that writes to its root", lambda found: found.update(ReadonlyRootFilesystem=False)),
        ("a container that writes to its root", lambda found: found.pop("ReadonlyRootFilesystem")),
        ("a privileged container", lambda found: found.update(Privileged=True)),
        ("a container with capabilities", lambda found: found["LinuxParameters"].pop("Capabilities")),
        (
            "a container with more capabilities",
            lambda found: found["LinuxParameters"]["Capabilities"].update(Add=["SYS_PTRACE"]),
        ),
        ("a container without a log", lambda found: found.pop("LogConfiguration")),
        (
            "a secret among the variables",
            lambda found: found.setdefault("Environment", []).append({"Name": "DB_PASSWORD", "Value": "correct-horse"}),
        ),
        (
            "a secret among the variables, from a parameter",
            lambda found: found.setdefault("Environment", []).append({"Name": "API_TOKEN", "Value": {"Ref": "Image"}}),
        ),
    )
    for position, _ in enumerate(body["Properties"]["ContainerDefinitions"]):
        for kind, change in weak:

            def weaken(template: Template, position: int = position, change: Any = change) -> None:
                change(of(properties(template, name)["ContainerDefinitions"][position]))

            yield Mutation(kind=kind, resource=name, change=weaken)

    def unhealthy(template: Template) -> None:
        del of(properties(template, name)["ContainerDefinitions"][0])["HealthCheck"]
        # A load balancer would ask, too.
        for body in template["Resources"].values():
            if body["Type"] == "AWS::ECS::Service":
                body["Properties"].pop("LoadBalancers", None)

    def host(template: Template) -> None:
        properties(template, name)["NetworkMode"] = "host"

    # What runs and ends is asked by nobody.
    if "HealthCheck" in of(body["Properties"]["ContainerDefinitions"][0]):
        yield Mutation(kind="a container without a health check", resource=name, change=unhealthy)
    yield Mutation(kind="tasks on the host's network", resource=name, change=host)


def _without_source(name: str) -> Callable[[Template], None]:
    def remove(template: Template) -> None:
        # Each of them alone still tells whose topic it is.
        for key in ("SourceAccount", "SourceArn"):
            properties(template, name).pop(key, None)

    return remove


def _secret_variable(name: str) -> Callable[[Template], None]:
    def add(template: Template) -> None:
        variables = properties(template, name).setdefault("Environment", {}).setdefault("Variables", {})
        variables["DATABASE_PASSWORD"] = "correct-horse"  # noqa: S105 - it is what the rule has to find

    return add


def _bucket(name: str, template: Template) -> Iterator[Mutation]:
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject"],
        "Resource": [{"Fn::Sub": f"${{{name}.Arn}}/*"}],
    }
    added = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": name}, "PolicyDocument": {"Statement": [everybody]}},
    }
    yield _added("a bucket opened by a policy beside it", name, added)
    for other, body in template["Resources"].items():
        if body["Type"] == "AWS::S3::BucketPolicy" and body["Properties"]["Bucket"] == {"Ref": name}:

            def plain(mutant: Template, other: str = other) -> None:
                document = properties(mutant, other)["PolicyDocument"]
                document["Statement"] = [item for item in document["Statement"] if item["Effect"] != "Deny"]

            def gone(mutant: Template, other: str = other) -> None:
                del mutant["Resources"][other]

            yield Mutation(kind="a bucket in the clear", resource=name, change=plain)
            yield Mutation(kind="a bucket in the clear", resource=name, change=gone)


def _opened(name: str, resource_type: str) -> Iterator[Mutation]:
    kinds = {
        "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues", "sqs:SendMessage"),
        "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics", "sns:Subscribe"),
        "AWS::SecretsManager::Secret": (
            "AWS::SecretsManager::ResourcePolicy",
            "SecretId",
            "secretsmanager:GetSecretValue",
        ),
    }
    kind, key, action = kinds[resource_type]
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": action, "Resource": "*"}
    document = "ResourcePolicy" if key == "SecretId" else "PolicyDocument"
    target = {"Ref": name} if key == "SecretId" else [{"Ref": name}]
    added = {"Type": kind, "Properties": {key: target, document: {"Statement": [statement]}}}
    yield _added("a store opened to everybody", name, added)


def _role(name: str) -> Iterator[Mutation]:
    def administrator(template: Template) -> None:
        arns = [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"}]
        properties(template, name)["ManagedPolicyArns"] = arns

    yield Mutation(kind="an administrator", resource=name, change=administrator)
    document = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    beside = {"RoleName": {"Ref": name}, "PolicyName": "more", "PolicyDocument": document}
    yield _added("a role widened by a resource beside it", name, {"Type": "AWS::IAM::RolePolicy", "Properties": beside})


def _of_template(template: Template) -> Iterator[Mutation]:
    first = next(iter(template["Outputs"]), None)
    if first is not None:

        def export(mutant: Template) -> None:
            mutant["Outputs"][first]["Export"] = {"Name": "value"}

        yield Mutation(kind="an export", resource=first, change=export)

    def transform(mutant: Template) -> None:
        mutant["Transform"] = "AWS::LanguageExtensions"

    def secret_default(mutant: Template) -> None:
        mutant["Parameters"]["AdminPassword"] = {**_ASKED, "Default": "correct-horse", "NoEcho": True}

    def shown_secret(mutant: Template) -> None:
        mutant["Parameters"]["AdminPassword"] = _ASKED

    def secret_output(mutant: Template) -> None:
        mutant["Parameters"]["Quiet"] = {**_ASKED, "NoEcho": True}
        mutant["Outputs"]["Quiet"] = {"Value": {"Ref": "Quiet"}, "Description": "It"}

    def account(mutant: Template) -> None:
        mutant["Outputs"]["Account"] = {"Value": "arn:aws:iam::123456789012:role/x", "Description": "It"}

    def directory(mutant: Template) -> None:
        mutant["Resources"]["Mutant"] = {
            "Type": "AWS::ServiceCatalogAppRegistry::Application",
            "Properties": {"Name": "x"},
        }

    for kind, change in (
        ("a macro", transform),
        ("a secret by default", secret_default),
        ("a secret that the console shows", shown_secret),
        ("a secret among the outputs", secret_output),
        ("an account's id", account),
        ("AppRegistry", directory),
    ):
        yield Mutation(kind=kind, resource="template", change=change)
