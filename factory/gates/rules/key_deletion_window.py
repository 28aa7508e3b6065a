"""House rule: a key that is to be deleted waits as long as KMS allows."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings
from factory.gates.settings import exactly, if_set

_LONGEST = if_set(exactly(30))


class KeyDeletionWindow(settings.SettingsRule):
    """A key that is scheduled for deletion waits 30 days, in which the deletion can be taken back."""

    id = "E9103"
    shortdesc = "Deletion window of keys"
    description = "With its key all data under it is gone for ever; the window is the only time to notice the mistake."
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"
    mend = "Set PendingWindowInDays to 30, as products.parts.encryption.environment_key does, or leave it out."
    controls = (
        "nist-800-53/SC-12",
        "soc2/CC6.1",
        "soc2/A1.2",
    )
    wanted: ClassVar = {
        "AWS::KMS::Key": {"PendingWindowInDays": _LONGEST},
        "AWS::KMS::ReplicaKey": {"PendingWindowInDays": _LONGEST},
    }
