"""What manages a KMS key, and what uses it: two things that one policy statement should not allow together."""

from __future__ import annotations

from awacs import kms

ADMINISTER = [
    kms.CancelKeyDeletion,
    kms.CreateAlias,
    kms.CreateGrant,
    kms.DeleteAlias,
    kms.DescribeKey,
    kms.DisableKey,
    kms.DisableKeyRotation,
    kms.EnableKey,
    kms.EnableKeyRotation,
    kms.GetKeyPolicy,
    kms.GetKeyRotationStatus,
    kms.ListAliases,
    kms.ListGrants,
    kms.ListKeyPolicies,
    kms.ListResourceTags,
    kms.PutKeyPolicy,
    # Repositories retire the grants by which they encrypt, when somebody deletes them.
    kms.RetireGrant,
    kms.RevokeGrant,
    kms.ScheduleKeyDeletion,
    kms.TagResource,
    kms.UntagResource,
    kms.UpdateAlias,
    kms.UpdateKeyDescription,
]
"""Everything that manages a key and nothing that uses it (KMS Developer Guide, "Allows key administrators to
administer the KMS key")."""

USE = [
    kms.Decrypt,
    kms.DescribeKey,
    kms.Encrypt,
    kms.GenerateDataKey,
    # Service Connect asks for pairs (ECS Developer Guide, "Service Connect and AWS Key Management Service").
    kms.GenerateDataKeyPair,
    kms.GenerateDataKeyPairWithoutPlaintext,
    kms.GenerateDataKeyWithoutPlaintext,
    kms.ReEncryptFrom,
    kms.ReEncryptTo,
]
"""Everything that uses a key for encryption and nothing that manages it (KMS Developer Guide, "Allows key users to use
the KMS key")."""
