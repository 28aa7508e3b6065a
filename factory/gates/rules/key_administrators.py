"""House rule: who administers a key is not who uses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from factory.gates import house, policies
from factory.gates.resources import Resource
from factory.gates.unknowns import is_known

_POLICY = "KeyPolicy"
# What changes a key or who may use it, and what the key is for (KMS Developer Guide, "Key policies").
_ADMINISTRATION = ("kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DisableKeyRotation")
_USE = ("kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:Sign", "kms:GenerateMac")


class KeyAdministrators(house.HouseRule):
    """No statement of a key's policy lets one administer and use the key, nor do two of them for one principal."""

    id = "E9104"
    shortdesc = "Administrators of a key apart from its users"
    description = (
        "Whoever may change a key's policy and decrypt with it reads everything and can't be stopped by others."
    )
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"
    mend = "Split the statement, as products.parts.encryption does: one to administer, one to use, for others each."
    controls = (
        "nist-800-53/AC-5",
        "nist-800-53/AC-6",
        "nist-800-53/SC-12",
        "soc2/CC6.1",
        "soc2/CC6.3",
        "pci-dss/3.6.1",
        "platform/least-privilege",
    )
    types = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at what the statements grant, each for itself and together.

        The account as principal hands the decision to IAM policies, so that it may stand in two statements.
        """
        administer: set[str] = set()
        use: set[str] = set()
        for statement in policies.statements(resource.get(_POLICY), policies.Purpose.RESOURCE):
            if not statement.allows:
                continue
            administers, uses = (_grants(statement.actions, of) for of in (_ADMINISTRATION, _USE))
            if (administers and uses) or statement.not_actions:
                named = policies.named(statement)
                yield house.Problem(message=f"{named} lets one administer and use the key", at=_POLICY)
            people = {str(value) for _, value in statement.principals if not str(value).endswith(":root")}
            administer |= people if administers else set()
            use |= people if uses else set()
        for principal in sorted(administer & use):
            yield house.Problem(message=f"{principal} may administer and use the key", at=_POLICY)


def _grants(actions: Iterable[Any], wanted: Iterable[str]) -> bool:
    return any(
        not is_known(action) or fnmatchcase(name.lower(), str(action).lower()) for action in actions for name in wanted
    )
