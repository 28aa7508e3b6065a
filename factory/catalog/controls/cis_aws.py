"""CIS AWS Foundations Benchmark v3.0.0: its recommendations, titles in our words."""

from __future__ import annotations

from factory.catalog.controls.framework import Framework, Responsible, table
from factory.catalog.controls.order import natural

_ORGANIZATION = """
1.1 Contact details of the account are current
1.2 A security contact is registered
1.3 Security questions are registered
1.4 The root user has no access key
1.5 The root user has MFA
1.6 The root user has hardware MFA
1.7 The root user is not used for daily work
1.8 Passwords have at least 14 characters
1.9 Passwords are not used again
1.10 Users with a console password have MFA
1.11 New users get no access keys with a console password
1.12 Credentials unused for 45 days are disabled
1.13 A user has one active access key at most
1.14 Access keys are rotated every 90 days
1.15 Users get permissions through groups only
1.16 No policy grants full administration
1.17 A role for AWS Support exists
1.18 Instances get access by roles
1.19 Expired certificates are removed
1.20 Access Analyzer is on in all regions
1.21 Users are managed centrally
1.22 AWSCloudShellFullAccess is restricted
2.1.1 Buckets deny plain HTTP
2.1.2 Buckets have MFA delete
2.1.3 Data in buckets is discovered and classified
2.1.4 Buckets block public access
2.2.1 Volumes are encrypted in all regions
2.3.1 Databases are encrypted at rest
2.3.2 Databases take minor upgrades automatically
2.3.3 Databases are not public
2.4.1 File systems are encrypted
3.1 CloudTrail is on in all regions
3.2 CloudTrail validates its log files
3.3 AWS Config is on in all regions
3.4 The trail's bucket has access logs
3.5 CloudTrail is encrypted with KMS
3.6 Customer keys rotate
3.7 VPCs have flow logs
3.8 Writing of objects is logged
3.9 Reading of objects is logged
4.1 Unauthorized calls are monitored
4.2 Sign-in without MFA is monitored
4.3 Use of the root user is monitored
4.4 Changes of IAM policies are monitored
4.5 Changes of CloudTrail are monitored
4.6 Failed sign-ins are monitored
4.7 Disabling and deletion of customer keys is monitored
4.8 Changes of bucket policies are monitored
4.9 Changes of AWS Config are monitored
4.10 Changes of security groups are monitored
4.11 Changes of network ACLs are monitored
4.12 Changes of gateways are monitored
4.13 Changes of route tables are monitored
4.14 Changes of VPCs are monitored
4.15 Changes of AWS Organizations are monitored
4.16 Security Hub is on
5.1 No network ACL opens administration ports to the world
5.2 No security group opens administration ports to 0.0.0.0/0
5.3 No security group opens administration ports to ::/0
5.4 Default security groups are closed
5.5 Routes of peerings are as narrow as possible
5.6 Instances demand IMDSv2
"""

FRAMEWORK = Framework(
    name="cis-aws",
    title="CIS AWS Foundations Benchmark v3.0.0",
    source_url="https://www.cisecurity.org/benchmark/amazon_web_services",
    controls=natural(*table(Responsible.ORGANIZATION, _ORGANIZATION)),
)
