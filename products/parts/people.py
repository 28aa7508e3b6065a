"""What people who sign in to an account have to prove."""

from __future__ import annotations

from awacs import iam, sts
from awacs.aws import BoolIfExists, Condition, Deny, Statement
from troposphere import Sub
from troposphere.iam import Group, ManagedPolicy

from factory.authoring import Stack
from factory.authoring.policy import allow, document

_OWN_USER = "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/${!aws:username}"
_OWN_DEVICE = "arn:${AWS::Partition}:iam::${AWS::AccountId}:mfa/${!aws:username}*"


def people(stack: Stack, title: str, *, condition: str) -> ManagedPolicy:
    """A group for people, with a policy that denies them everything but to set up a second factor until they have
    used it; gives the policy, for other groups and users.

    Keys that never expire carry no second factor, and so may nothing either.
    Source: IAM User Guide, "AWS: Allows MFA-authenticated IAM users to manage their own credentials on the Security
    credentials page".
    """
    setting_up = [
        iam.CreateVirtualMFADevice,
        iam.EnableMFADevice,
        iam.GetMFADevice,
        iam.GetUser,
        iam.ListMFADevices,
        iam.ListVirtualMFADevices,
        iam.ResyncMFADevice,
        iam.ChangePassword,
        iam.GetAccountPasswordPolicy,
        sts.GetSessionToken,
    ]
    own = [
        iam.ChangePassword,
        iam.EnableMFADevice,
        iam.GetMFADevice,
        iam.GetUser,
        iam.ListMFADevices,
        iam.ResyncMFADevice,
    ]
    policy = stack.add(
        ManagedPolicy(
            f"{title}MfaPolicy",
            Description="Denies everything until somebody has proven twice who they are",
            PolicyDocument=document(
                allow("FindDevices", [iam.GetAccountPasswordPolicy, iam.ListVirtualMFADevices], "*"),
                allow("MakeOwnDevice", [iam.CreateVirtualMFADevice], Sub(_OWN_DEVICE)),
                allow("UseOwnDevice", own, Sub(_OWN_USER)),
                Statement(
                    Sid="DenyWithoutMfa",
                    Effect=Deny,
                    NotAction=setting_up,
                    Resource=["*"],
                    Condition=Condition(BoolIfExists({"aws:MultiFactorAuthPresent": "false"})),
                ),
            ),
            Condition=condition,
        )
    )
    stack.add(Group(title, ManagedPolicyArns=[policy.ref()], Condition=condition))
    return policy
