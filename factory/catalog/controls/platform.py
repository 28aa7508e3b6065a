"""What the platform promises to everybody who launches its products, in a short list of its own."""

from __future__ import annotations

from factory.catalog.controls.framework import Framework, Responsible, table

_PROMISES = """
encryption-at-rest Whatever holds data encrypts it with a customer-managed key
encryption-in-transit Nothing is sent in the clear
scan-on-push Images are scanned when they arrive, and can't be replaced
segmentation Public, application and data tiers are apart
least-privilege Roles hold named actions on named resources
logs-90-days Logs are encrypted and kept for at least 90 days
restricted-ingress The world reaches ports 80 and 443 of a public load balancer and nothing else
container-insights Clusters report Container Insights
audit-trail Calls are recorded in storage that nobody can change
mfa People in prod use a second factor
mandatory-tags Everything names its project, owner and cost center
configuration-tracking Configuration is recorded and compared with rules
secret-rotation Secrets and keys change by themselves
prod-isolation Nothing outside of prod reaches into it
"""

FRAMEWORK = Framework(
    name="platform",
    title="Requirements of the platform",
    source_url="https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/welcome.html",
    controls=tuple(table(Responsible.ORGANIZATION, _PROMISES)),
)
