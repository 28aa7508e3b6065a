"""Answers findings: isolates what is attacked, closes buckets, takes administration ports off the internet, and tells.

While DRY_RUN is true it changes nothing and says what it would have done.
"""

import json
import logging
import os

import boto3
from botocore.exceptions import ClientError

ADMINISTRATION_PORTS = (22, 3389, 5985, 5986)
"""SSH, remote desktop, and remote management of Windows."""
ANYWHERE = ("0.0.0.0/0", "::/0")
QUARANTINE = "quarantine"
SUBJECT_CHARACTERS = 100

# Security Hub's controls (Security Hub User Guide, "Control reference").
PUBLIC_BUCKETS = frozenset({"S3.2", "S3.3", "S3.8"})
OPEN_PORTS = frozenset({"EC2.13", "EC2.14", "EC2.18", "EC2.19", "EC2.53", "EC2.54"})

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event, _context):
    """Answer one event of GuardDuty, Security Hub or Config. Whatever fails is tried again, and kept in the end."""
    answers = {
        "GuardDuty Finding": threat,
        "Security Hub Findings - Imported": weaknesses,
        "Config Rules Compliance Change": broken_rule,
    }
    answers[event["detail-type"]](event["detail"])


def threat(finding):
    """Isolate the instance or task that a finding of GuardDuty is about; people hear of other findings elsewhere."""
    resource = finding["resource"]
    if resource.get("resourceType") == "Instance":
        done = isolate(resource["instanceDetails"]["instanceId"])
    elif task := resource.get("ecsClusterDetails", {}).get("taskDetails", {}).get("arn"):
        done = stop_task(resource["ecsClusterDetails"]["arn"], task)
    else:
        return
    tell("CRITICAL", finding["title"], [finding["type"], *done])


def weaknesses(detail):
    """Tell of what Security Hub found, and mend what can be; what was told of is not told again."""
    for finding in detail["findings"]:
        if finding.get("Compliance", {}).get("Status") == "PASSED":
            continue
        control = finding.get("Compliance", {}).get("SecurityControlId")
        done = []
        for resource in finding["Resources"]:
            done.append(resource["Id"])
            if control in PUBLIC_BUCKETS and resource["Type"] == "AwsS3Bucket":
                done += close_bucket(resource["Id"].rpartition(":")[2])
            if control in OPEN_PORTS and resource["Type"] == "AwsEc2SecurityGroup":
                done += close_ports(resource["Id"].rpartition("/")[2])
        tell(finding["Severity"]["Label"], finding["Title"], done)
        boto3.client("securityhub").batch_update_findings(
            FindingIdentifiers=[{"Id": finding["Id"], "ProductArn": finding["ProductArn"]}],
            Workflow={"Status": "NOTIFIED"},
        )


def broken_rule(detail):
    """Mend a bucket or a security group that breaks a rule of Config."""
    mend = {"AWS::S3::Bucket": close_bucket, "AWS::EC2::SecurityGroup": close_ports}.get(detail["resourceType"])
    done = mend(detail["resourceId"]) if mend else []
    if done:
        tell("HIGH", f"{detail['resourceId']} breaks {detail['configRuleName']}", done)


def is_dry_run():
    return os.environ["DRY_RUN"] != "false"


def act(says, call, **arguments):
    """Do something unless this is a dry run; gives what to tell."""
    if is_dry_run():
        return [f"Dry run, nothing was changed. Would have: {says}"]
    call(**arguments)
    return [f"Done: {says}"]


def isolate(instance_id):
    """Put every network interface of an instance into a group that lets nothing in or out; the instance runs on, so
    that it can be looked at."""
    ec2 = boto3.client("ec2")
    reservations = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"]
    found = [instance for reservation in reservations for instance in reservation["Instances"]]
    done = []
    for interface in (item for instance in found for item in instance["NetworkInterfaces"]):
        groups = [group["GroupId"] for group in interface["Groups"]]
        says = (
            f"isolate {instance_id}: network interface {interface['NetworkInterfaceId']} into the group {QUARANTINE}, "
            f"out of {', '.join(groups)}"
        )
        if is_dry_run():
            done += act(says, None)
            continue
        group = quarantine(ec2, interface["VpcId"])
        if groups != [group]:
            done += act(
                says,
                ec2.modify_network_interface_attribute,
                NetworkInterfaceId=interface["NetworkInterfaceId"],
                Groups=[group],
            )
    return done or [f"{instance_id} has no network interface outside of {QUARANTINE}"]


def quarantine(ec2, vpc_id):
    """The group of a VPC that lets nothing in or out, made where there is none."""
    name = os.environ["QUARANTINE_NAME"]
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "group-name", "Values": [name]}]
    if found := ec2.describe_security_groups(Filters=filters)["SecurityGroups"]:
        group = found[0]
    else:
        tags = [{"Key": key, "Value": value} for key, value in json.loads(os.environ["TAGS"]).items()]
        group_id = ec2.create_security_group(
            GroupName=name,
            Description="Lets nothing in or out",
            VpcId=vpc_id,
            TagSpecifications=[{"ResourceType": "security-group", "Tags": tags}],
        )["GroupId"]
        (group,) = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    # A new group lets everything out; an attempt that failed half-way may have left it so.
    if outgoing := group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=outgoing)
    return group["GroupId"]


def stop_task(cluster, task):
    """Stop a task; its service starts another one from the image."""
    ecs = boto3.client("ecs")
    return act(f"stop task {task}", ecs.stop_task, cluster=cluster, task=task, reason="GuardDuty finding")


def close_bucket(name):
    """Block public access to a bucket; one that is gone needs nothing."""
    s3 = boto3.client("s3")
    closed = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    try:
        return act(
            f"block public access to bucket {name}",
            s3.put_public_access_block,
            Bucket=name,
            PublicAccessBlockConfiguration=closed,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            return []
        raise


def close_ports(group_id):
    """Take back the rules of a security group that let anybody reach a port for administration."""
    ec2 = boto3.client("ec2")
    try:
        (group,) = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidGroup.NotFound":
            return []
        raise
    done = []
    for rule in open_rules(group["IpPermissions"]):
        says = f"take this rule off security group {group_id}: {json.dumps(rule, sort_keys=True)}"
        done += act(says, ec2.revoke_security_group_ingress, GroupId=group_id, IpPermissions=[rule])
    return done


def open_rules(permissions):
    """The part of each permission that lets anybody reach an administration port; the rest of it stays."""
    for permission in permissions:
        if not covers_administration(permission):
            continue
        v4 = [{"CidrIp": item["CidrIp"]} for item in permission.get("IpRanges", []) if item["CidrIp"] in ANYWHERE]
        v6 = [
            {"CidrIpv6": item["CidrIpv6"]} for item in permission.get("Ipv6Ranges", []) if item["CidrIpv6"] in ANYWHERE
        ]
        if v4 or v6:
            rule = {key: permission[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in permission}
            yield rule | ({"IpRanges": v4} if v4 else {}) | ({"Ipv6Ranges": v6} if v6 else {})


def covers_administration(permission):
    if permission["IpProtocol"] == "-1":
        return True
    if permission["IpProtocol"] not in ("tcp", "6"):
        return False
    # Without ports, a rule is for all of them.
    first, last = permission.get("FromPort", 0), permission.get("ToPort", 65535)
    return any(first <= port <= last for port in ADMINISTRATION_PORTS)


def tell(label, title, lines):
    """Tell people: the critical topic of what is critical, the warning topic of the rest."""
    text = "\n".join([title, *lines])
    log.info("%s: %s", label, text)
    topic = os.environ["CRITICAL_TOPIC_ARN" if label == "CRITICAL" else "WARNING_TOPIC_ARN"]
    # A subject is printable ASCII.
    subject = "".join(sign if " " <= sign <= "~" else "?" for sign in f"{label}: {title}")[:SUBJECT_CHARACTERS]
    boto3.client("sns").publish(TopicArn=topic, Subject=subject, Message=text)
