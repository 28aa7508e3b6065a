"""House rule E9313: in production, people prove who they are twice."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask
from tests.gates.rules.documents import OTHER_ROOT, OWN_ROOT, trusted

MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
SAML = {"Federated": "arn:aws:iam::111122223333:saml-provider/people"}
ENVIRONMENT: dict[str, Any] = {
    "Parameters": {"Environment": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}},
}


@pytest.mark.parametrize(
    "good",
    [
        trusted({"AWS": OWN_ROOT}, MFA),
        trusted({"AWS": OWN_ROOT}, {"Fn::If": ["IsProd", MFA, {"Ref": "AWS::NoValue"}]}),
        trusted({"AWS": OWN_ROOT}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/pipeline"}}),
        trusted({"AWS": "arn:aws:iam::111122223333:role/pipeline"}),
        trusted({"AWS": {"Fn::GetAtt": ["Pipeline", "Arn"]}}),
        trusted({"Service": "lambda.amazonaws.com"}),
        trusted(SAML, {"StringEquals": {"saml:edupersonassurance": "https://refeds.org/profile/mfa"}}),
        trusted({"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}),
    ],
)
def test_a_second_factor_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9313", good, **ENVIRONMENT) == []


@pytest.mark.parametrize(
    "bad",
    [
        trusted({"AWS": OWN_ROOT}),
        trusted({"AWS": OTHER_ROOT}),
        trusted({"AWS": "111122223333"}),
        trusted({"AWS": {"Ref": "AWS::AccountId"}}),
        trusted({"AWS": "arn:aws:iam::111122223333:user/ops"}),
        trusted("*"),
        trusted({"AWS": OWN_ROOT}, {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}),
        trusted({"AWS": OWN_ROOT}, {"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
        trusted({"AWS": OWN_ROOT}, {"Fn::If": ["IsProd", {"Ref": "AWS::NoValue"}, MFA]}),
        trusted(SAML, {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}),
    ],
)
def test_a_single_factor_is_found(bad: dict[str, Any]) -> None:
    (found,) = ask("E9313", bad, **ENVIRONMENT)
    assert "in without MFA when Environment=prod" in found
