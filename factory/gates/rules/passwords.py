"""House rule: passwords come from Secrets Manager."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factory.gates import house, secrets
from factory.gates.resources import Resource

PASSWORDS: Mapping[str, tuple[str, ...]] = {
    "AWS::AmazonMQ::Broker": ("Users.*.Password",),
    "AWS::AppStream::DirectoryConfig": ("ServiceAccountCredentials.AccountPassword",),
    "AWS::CodeBuild::SourceCredential": ("Token",),
    "AWS::CodePipeline::Webhook": ("AuthenticationConfiguration.SecretToken",),
    "AWS::Cognito::UserPoolIdentityProvider": ("ProviderDetails.client_secret",),
    "AWS::DMS::Endpoint": ("Password",),
    "AWS::DirectoryService::MicrosoftAD": ("Password",),
    "AWS::DirectoryService::SimpleAD": ("Password",),
    "AWS::DocDB::DBCluster": ("MasterUserPassword",),
    "AWS::ElastiCache::ReplicationGroup": ("AuthToken",),
    "AWS::ElastiCache::User": ("AuthenticationMode.Passwords.*", "Passwords.*"),
    "AWS::Events::Connection": (
        "AuthParameters.ApiKeyAuthParameters.ApiKeyValue",
        "AuthParameters.BasicAuthParameters.Password",
        "AuthParameters.OAuthParameters.ClientParameters.ClientSecret",
    ),
    "AWS::IAM::User": ("LoginProfile.Password",),
    "AWS::MemoryDB::User": ("AuthenticationMode.Passwords.*",),
    "AWS::OpenSearchService::Domain": ("AdvancedSecurityOptions.MasterUserOptions.MasterUserPassword",),
    "AWS::RDS::DBCluster": ("MasterUserPassword",),
    "AWS::RDS::DBInstance": ("MasterUserPassword",),
    "AWS::Redshift::Cluster": ("MasterUserPassword",),
    "AWS::RedshiftServerless::Namespace": ("AdminUserPassword",),
    "AWS::SecretsManager::Secret": ("SecretString",),
}
"""By resource type, the properties that are secrets."""


class Passwords(house.PartRule):
    """A password in a template is only a reference to a secret that AWS made."""

    id = "E9606"
    shortdesc = "Passwords come from Secrets Manager"
    description = (
        "A password that a person chose or typed is known to that person, is not rotated, and is often reused."
    )
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html"
    mend = (
        "Let the service manage it (ManageMasterUserPassword), or make a Secret with GenerateSecretString and refer to "
        "it: {{resolve:secretsmanager:…}}."
    )
    controls = ("nist-800-53/IA-5", "nist-800-53/IA-5(7)", "soc2/CC6.1", "pci-dss/8.6.2", "pci-dss/8.6.3")
    parts = PASSWORDS

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[house.Problem]:
        """Look for what is no dynamic reference."""
        if not secrets.is_reference(part):
            yield house.Problem(message=f"{path} of {resource.name} is not taken from Secrets Manager")
