"""Claims an account's region for the one security baseline that it can have, once nothing stands in its way."""

import os

import boto3
from custom_resource import answered

CONFIG = "config.amazonaws.com"
CONFIG_ROLE = "AWSServiceRoleForConfig"


@answered
def handler(request):
    """Answer Create, Update and Delete of a `Custom::AccountClaim`.

    Properties: Services (CloudTrail and Config, each `on` or `organization`), TrailName, HomeRegion (`this`, or the
    region of the trail). The claim is an SSM parameter that holds the stack it belongs to: making it is atomic. Where
    Config is on, the account has Config's own role afterwards.
    """
    ssm = boto3.client("ssm")
    name, stack = os.environ["CLAIM"], request["StackId"]
    if request["RequestType"] == "Delete":
        if owner(ssm, name) == stack:
            ssm.delete_parameter(Name=name)
        return name, {}
    properties, before = request["ResourceProperties"], request.get("OldResourceProperties", {})
    holder = owner(ssm, name)
    if holder not in (None, stack):
        refuse_second(holder)
    wanted = properties["Services"]
    kept = before.get("Services", {})
    if is_new("CloudTrail", wanted, kept) or properties["HomeRegion"] != before.get("HomeRegion"):
        check_trails(properties)
    if is_new("Config", wanted, kept):
        check_recorders()
    if wanted["Config"] == "on":
        see_to_config_role()
    if holder is None:
        try:
            ssm.put_parameter(
                Name=name,
                Value=stack,
                Type="String",
                Overwrite=False,
                Description="The stack of the security baseline, of which a region of an account has one.",
            )
        except ssm.exceptions.ParameterAlreadyExists:
            refuse_second(owner(ssm, name))
    return name, {}


def is_new(service, wanted, kept):
    return wanted[service] == "on" and kept.get(service) != "on"


def owner(ssm, name):
    try:
        return ssm.get_parameter(Name=name)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        return None


def refuse_second(holder):
    raise RuntimeError(
        f"this region of the account has a security baseline already, by the stack {holder}: "
        "update that launch, or end it before you launch another one"
    )


def check_trails(properties):
    """Refuse a second trail of all regions, and a launch beside the home region that has no trail there."""
    if properties["Services"]["CloudTrail"] != "on":
        return
    here, home = os.environ["AWS_REGION"], properties["HomeRegion"]
    is_home = home in ("this", here)
    trails = boto3.client("cloudtrail").describe_trails(includeShadowTrails=True)["trailList"]
    wide = [trail for trail in trails if trail.get("IsMultiRegionTrail")]
    ours = [trail for trail in wide if trail["Name"] == properties["TrailName"]]
    if is_home:
        for trail in wide:
            if trail in ours and trail["HomeRegion"] == here:
                continue
            if trail in ours:
                raise RuntimeError(
                    f"the trail {trail['Name']} of {trail['HomeRegion']} records this region too: launch here with "
                    f"HomeRegion={trail['HomeRegion']}"
                )
            raise RuntimeError(
                f"the trail {trail['Name']} of {trail['HomeRegion']} records all regions already: launch with "
                "CloudTrail=organization to keep to it, or delete it first"
            )
    elif not any(trail["HomeRegion"] == home for trail in ours):
        raise RuntimeError(f"no trail of {home} records this region: launch the security baseline in {home} first")


def check_recorders():
    """Refuse a second recorder; those that services of AWS made for themselves are none of ours."""
    found = boto3.client("config").describe_configuration_recorders()["ConfigurationRecorders"]
    for recorder in found:
        if "servicePrincipal" not in recorder:
            raise RuntimeError(
                f"AWS Config records here already, by the recorder {recorder['name']}: launch with "
                "Config=organization to keep to it, or delete it first"
            )


def see_to_config_role():
    """Make Config's own role where the account has none yet; it stays, as other regions may use it."""
    iam = boto3.client("iam")
    try:
        iam.get_role(RoleName=CONFIG_ROLE)
    except iam.exceptions.NoSuchEntityException:
        try:
            iam.create_service_linked_role(AWSServiceName=CONFIG)
        except iam.exceptions.InvalidInputException:
            # Another region was faster, or the role can't be made.
            iam.get_role(RoleName=CONFIG_ROLE)
