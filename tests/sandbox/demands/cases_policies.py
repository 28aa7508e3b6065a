"""What services refuse, one line a behaviour: roles, keys and buckets."""

from __future__ import annotations

from typing import Any

from tests.sandbox.demands.case import GONE, ROOT, Case, allow, document, of
from tests.sandbox.demands.standing import arn, ref, trust


def _inline(policy: Any) -> dict[str, Any]:
    return {
        "AssumeRolePolicyDocument": trust("lambda"),
        "Policies": [{"PolicyName": "it", "PolicyDocument": policy}],
    }


_LONG = {
    "StringEquals": {"aws:SourceArn": [f"arn:aws:sqs:us-east-1:111111111111:{number:060}" for number in range(30)]}
}


def _trusting(**statement: Any) -> dict[str, Any]:
    named = {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole", **statement}
    return {"AssumeRolePolicyDocument": document(**{key: value for key, value in named.items() if value is not None})}


IDENTITY = (
    Case("ManagedPolicy", "more than 6,144 characters", {"PolicyDocument": allow(300)}, "PolicySize: 6144"),
    Case("Role", "more than 10,240 characters embedded", _inline(allow(450)), "policy size of 10240"),
    Case(
        "Policy",
        "more than 10,240 characters",
        {"PolicyName": "it", "Roles": [ref("Machine")], "PolicyDocument": allow(450)},
        "policy size of 10240",
    ),
    Case("Role", "more than 2,048 characters of trust", _trusting(Condition=_LONG), "ACLSizePerRole: 2048"),
    Case("Role", "a name that differs in case only", {**_trusting(), "RoleName": "wORKER"}, "EntityAlreadyExists"),
    Case(
        "Role",
        "more than 10 managed policies",
        {**_trusting(), "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/P{number}" for number in range(11)]},
        "PoliciesPerRole: 10",
    ),
    Case(
        "Role", "statements without an effect", _inline({"Statement": [{"Action": "s3:*", "Resource": "*"}]}), "Effect"
    ),
    Case("Role", "resources that are no ARNs", _inline(document(Action="s3:*", Resource="bucket/*")), "ARN format"),
    Case("Role", "actions without a service", _inline(document(Action="GetObject", Resource="*")), "by a vendor"),
    Case("Role", "statements without resources", _inline(document(Action="s3:*")), "must contain resources"),
    Case("Role", "statements without actions", _inline(document(Resource="*")), "must contain actions"),
    Case("Role", "ids with spaces", _inline(document(Sid="a b", Action="s3:*", Resource="*")), "alpha-numeric"),
    Case("Role", "ids twice", _inline({"Statement": [*document(Sid="a")["Statement"]] * 2}), "must be unique"),
    Case("Role", "unknown versions", _inline({**allow(), "Version": "2020-01-01"}), "must be version 2012-10-17"),
    Case("Role", "no statements", _inline({"Version": "2012-10-17", "Statement": []}), "is empty"),
    Case("Role", "principals in an embedded policy", _inline(document(Principal="*", Action="s3:*")), "not specify"),
    Case(
        "Role",
        "unknown comparisons",
        _inline(document(Action="s3:*", Resource="*", Condition={"StringEqualz": {"aws:userid": "a"}})),
        "Invalid Condition type",
    ),
    Case(
        "Role", "trust in a role that is not there", _trusting(Principal={"AWS": GONE}), "Invalid principal in policy"
    ),
    Case("Role", "trust with resources", _trusting(Resource="*"), "prohibited field Resource"),
    Case("Role", "trust in nobody", _trusting(Principal=None), "required field Principal"),
    Case("Role", "trust with other services' actions", _trusting(Action="s3:GetObject"), "only specify STS"),
)


def _key(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"KeyPolicy": {"Version": "2012-10-17", "Statement": list(statements)}}


def _about_key(action: str, principal: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"}


_CONTEXT = {"StringEquals": {"kms:EncryptionContext:a": [f"{number:0100}" for number in range(400)]}}

KEYS = (
    Case("Key", "a policy that leaves nobody in charge", _key(_about_key("kms:Encrypt", ROOT)), "in the future"),
    Case(
        "Key", "another account in charge", _key(_about_key("kms:*", "arn:aws:iam::999999999999:root")), "in the future"
    ),
    Case("Key", "principals that are not there", _key(_about_key("kms:*", [ROOT, GONE])), "invalid principals"),
    Case("Key", "a policy above 32 KB", _key({**_about_key("kms:*", ROOT), "Condition": _CONTEXT}), "too large"),
    Case("Key", "rotation of an asymmetric key", {"KeySpec": "RSA_2048", "EnableKeyRotation": True}, "Unsupported"),
)


def _lifecycle(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", **rule} for rule in rules]}}


def _bucket_policy(bucket: str = "Bucket", **statement: Any) -> dict[str, Any]:
    objects = {"Fn::Sub": f"{{{bucket}Arn}}/*"}
    named = {"Principal": {"AWS": ROOT}, "Action": "s3:GetObject", "Resource": objects, **statement}
    return {"Bucket": ref(bucket), "PolicyDocument": document(**named)}


def _moved(days: int, to: str = "GLACIER") -> dict[str, Any]:
    return {"Transitions": [{"StorageClass": to, "TransitionInDays": days}]}


STORAGE = (
    *(
        Case("Bucket", f"the name {name}", {"BucketName": name}, "InvalidBucketName")
        for name in ("ab", "abc..def", "192.168.5.4", "xn--abc", "abc-s3alias")
    ),
    Case("Bucket", "ACLs where the owner is enforced", {"AccessControl": "LogDeliveryWrite"}, "BucketOwnerEnforced"),
    Case(
        "Bucket",
        "public ACLs unless they are unblocked",
        {
            "AccessControl": "PublicRead",
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        },
        "AccessDenied",
    ),
    Case("Bucket", "lifecycle rules that do nothing", _lifecycle({}), "At least one action"),
    Case("Bucket", "a move to STANDARD_IA before 30 days", _lifecycle(_moved(10, "STANDARD_IA")), "equal to 30"),
    Case("Bucket", "an end before a move", _lifecycle({"ExpirationInDays": 20, **_moved(30)}), "greater than 'Days'"),
    Case("Bucket", "lifecycle ids twice", _lifecycle(*[{"Id": "a", "ExpirationInDays": 9}] * 2), "must be unique"),
    Case("Bucket", "replication without versions", {"ReplicationConfiguration": {}}, "Versioning must be 'Enabled'"),
    Case("Bucket", "logs into no bucket", {"LoggingConfiguration": {"DestinationBucketName": "gone"}}, "TargetBucket"),
    Case(
        "Bucket",
        "notes to a queue that does not let them in",
        {"NotificationConfiguration": {"QueueConfigurations": [{"Event": "s3:*", "Queue": arn("Queue")}]}},
        "destination configurations",
    ),
    Case("BucketPolicy", "a second one", _bucket_policy("Kept"), "already exists on bucket"),
    Case("BucketPolicy", "other buckets", _bucket_policy(Resource="arn:aws:s3:::other/*"), "invalid resource"),
    Case("BucketPolicy", "objects' actions on the bucket", _bucket_policy(Resource=arn("Bucket")), "does not apply"),
    Case("BucketPolicy", "other services' actions", _bucket_policy(Action="ec2:RunInstances"), "invalid action"),
    Case("BucketPolicy", "principals that are not there", _bucket_policy(Principal={"AWS": GONE}), "Invalid principal"),
    Case("BucketPolicy", "everybody unless that is unblocked", _bucket_policy(Principal="*"), "BlockPublicPolicy"),
)

CASES = (
    *of("IAM", IDENTITY),
    *of("KMS", KEYS),
    *of("S3", STORAGE),
)
