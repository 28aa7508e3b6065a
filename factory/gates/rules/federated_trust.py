"""House rule: of an identity provider, only named identities take on a role."""

from __future__ import annotations

import re
from collections.abc import Iterator

from factory.gates import house, openness, policies, reach
from factory.gates.resources import Resource

_COGNITO = "cognito-identity.amazonaws.com"
_GITHUB = "token.actions.githubusercontent.com"
# One repository, and in it a branch, a tag or an environment (GitHub Docs, "OpenID Connect reference"); of a name, an
# ending may be left open.
_OF_REPOSITORY = re.compile(r"repo:[^*?:/]+/[^*?:/]+:[^*?:]+(:.+)?")
_SAML = "saml:aud"


class FederatedTrust(policies.PolicyRule):
    """A role that an identity provider's identities take on is limited by audience, and by subject where it is OIDC."""

    id = "E9307"
    shortdesc = "Federated trust limited by subject and audience"
    description = (
        "A provider such as GitHub speaks for everybody who has an account there: without the subject, any repository "
        "in the world deploys here."
    )
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html"
    mend = (
        "Add StringEquals on <provider>:aud and on <provider>:sub (with the repository and branch); saml:aud for SAML."
    )
    controls = ("nist-800-53/AC-3", "nist-800-53/IA-2", "nist-800-53/IA-8", "soc2/CC6.1", "soc2/CC6.3", "pci-dss/7.2.2")
    purposes = frozenset({policies.Purpose.TRUST})

    def check_statement(self, resource: Resource, statement: policies.Statement) -> Iterator[house.Problem]:
        """Look at the claims that the conditions ask for."""
        if not statement.allows or openness.Audience.FEDERATION not in openness.audiences(statement, resource.world):
            return
        for claim in _claims(statement):
            found = reach.confining(statement, _keys(statement, claim), resource.world)
            if not found:
                yield house.Problem(message=f"{policies.named(statement)} does not limit {claim}")
            elif claim == "sub" and any(key.startswith(_GITHUB) for key in _keys(statement, claim)):
                for subject in found:
                    if not _OF_REPOSITORY.fullmatch(reach.spelled(subject, resource.world)):
                        message = f"{policies.named(statement)} does not limit {claim} to a branch or environment"
                        yield house.Problem(message=message)


def _claims(statement: policies.Statement) -> tuple[str, ...]:
    if any(str(action).lower() == "sts:assumerolewithsaml" for action in statement.actions):
        return (_SAML,)
    providers = [value for kind, value in statement.principals if kind == "Federated"]
    # Of a Cognito identity pool, the pool is the audience, and whether its identities have signed in is `amr`.
    return ("aud", "amr") if _COGNITO in providers else ("aud", "sub")


def _keys(statement: policies.Statement, claim: str) -> list[str]:
    if ":" in claim:
        return [claim]
    return [key for _, key, _ in statement.conditions if key.endswith(f":{claim}")]
