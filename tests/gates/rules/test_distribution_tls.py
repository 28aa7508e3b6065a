"""House rule E9202: CloudFront speaks modern TLS, to viewers and to origins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

SAFE = {"ViewerProtocolPolicy": "redirect-to-https"}
ORIGIN = {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]}


def distribution(certificate: Any = None, behavior: Any = SAFE, more: Any = (), origin: Any = ORIGIN) -> dict[str, Any]:
    config = {
        "ViewerCertificate": certificate or {"AcmCertificateArn": "arn", "MinimumProtocolVersion": "TLSv1.2_2021"},
        "DefaultCacheBehavior": behavior,
        "CacheBehaviors": list(more),
        "Origins": [{"Id": "bucket"}, {"Id": "api", "CustomOriginConfig": origin}],
    }
    return resource("AWS::CloudFront::Distribution", DistributionConfig=config)


@pytest.mark.parametrize("good", [distribution(), distribution(more=[{"ViewerProtocolPolicy": "https-only"}])])
def test_tls_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9202", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (distribution({"CloudFrontDefaultCertificate": True}), "MinimumProtocolVersion is not one of TLSv1.2_2021"),
        (distribution({"MinimumProtocolVersion": "TLSv1.1_2016"}), "MinimumProtocolVersion is not one of"),
        (distribution(behavior={"ViewerProtocolPolicy": "allow-all"}), "DefaultCacheBehavior.ViewerProtocolPolicy"),
        (distribution(more=[SAFE, {"ViewerProtocolPolicy": "allow-all"}]), "CacheBehaviors.*.ViewerProtocolPolicy"),
        (distribution(more=[{"Fn::If": ["IsWanted", SAFE, {}]}]), "CacheBehaviors.*.ViewerProtocolPolicy is not one"),
        (
            distribution(origin={**ORIGIN, "OriginProtocolPolicy": "match-viewer"}),
            "CustomOriginConfig is not https-only with TLSv1.2",
        ),
        (distribution(origin={**ORIGIN, "OriginSSLProtocols": ["TLSv1", "TLSv1.2"]}), "is not https-only with TLSv1.2"),
        (distribution(origin={"OriginProtocolPolicy": "https-only"}), "is not https-only with TLSv1.2"),
    ],
)
def test_plain_and_old_protocols_are_found(bad: dict[str, Any], message: str) -> None:
    assert any(message in found for found in ask("E9202", bad, **IF_WANTED))
