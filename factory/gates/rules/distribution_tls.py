"""House rule: CloudFront speaks modern TLS, to viewers and to origins."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings
from factory.gates.controls import SPEAKS_MODERN_TLS
from factory.gates.settings import Wanted, if_set, one_of

# The policies without TLS 1.0, 1.1 and ciphers that are no longer safe (CloudFront Developer Guide, "Supported
# protocols and ciphers between viewers and CloudFront").
_MINIMUM = one_of("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
_VIEWERS = one_of("redirect-to-https", "https-only")
# Origins without this are buckets, with which CloudFront speaks as viewers do with it.
_ORIGIN = if_set(
    Wanted(
        text="https-only with TLSv1.2",
        admits=lambda found: (
            isinstance(found, dict)
            and found.get("OriginProtocolPolicy") == "https-only"
            and found.get("OriginSSLProtocols") == ["TLSv1.2"]
        ),
    )
)


class DistributionTls(settings.SettingsRule):
    """A distribution speaks TLS 1.2 or later with viewers and origins, and redirects plain HTTP at most."""

    id = "E9202"
    shortdesc = "TLS on distributions"
    description = (
        "With CloudFront's defaults viewers may use TLS 1.0 or none, and requests travel on to origins in plain."
    )
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-"
        "protocols-ciphers.html"
    )
    mend = "Set MinimumProtocolVersion TLSv1.2_2021 with a certificate, redirect-to-https and https-only origins."
    controls = SPEAKS_MODERN_TLS
    wanted: ClassVar = {
        "AWS::CloudFront::Distribution": {
            "DistributionConfig.ViewerCertificate.MinimumProtocolVersion": _MINIMUM,
            "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy": _VIEWERS,
            "DistributionConfig.CacheBehaviors.*.ViewerProtocolPolicy": _VIEWERS,
            "DistributionConfig.Origins.*.CustomOriginConfig": _ORIGIN,
        }
    }
