"""PCI DSS v4.0.1: requirements that concern infrastructure one by one, the others by section; titles in our words."""

from __future__ import annotations

from factory.catalog.controls.framework import Framework, Responsible, table
from factory.catalog.controls.order import natural

_AWS = """
9.2 Physical access controls manage entry to facilities
9.4 Media is stored, accessed and destroyed securely
"""
_ORGANIZATION = """
1.1 Network security processes are defined
2.1 Secure configuration processes are defined
3.1 Protection of stored account data is defined
3.2 Storage of account data is kept to a minimum
4.1 Protection of transmission is defined
5.1 Protection from malicious software is defined
6.1 Secure development processes are defined
7.1 Access processes are defined
7.2.4 Access rights are reviewed
8.1 Identification processes are defined
9.1 Physical access processes are defined
9.3 Physical access of people is authorized
9.5 Points of interaction are protected
10.1 Logging processes are defined
11.1 Testing processes are defined
11.3 Vulnerabilities are found and addressed
11.4 Penetration tests are made
12.1 An information security policy exists
12.3 Risks are identified and managed
12.6 People are trained
12.8 Risks of third parties are managed
12.10 Incidents are responded to at once
"""
_APPLICATION = """
1.2.1 Configuration standards of network controls are implemented
1.2.5 Services, protocols and ports in use are identified and approved
1.2.8 Configuration of network controls is secured
1.3.1 Inbound traffic to cardholder data is restricted
1.3.2 Outbound traffic from cardholder data is restricted
1.4.1 Network controls stand between trusted and untrusted networks
1.4.2 Inbound traffic from untrusted networks is restricted
1.4.4 Stores of cardholder data can't be reached from untrusted networks
1.4.5 Internal addresses are not disclosed
2.2.1 Configuration standards cover all components
2.2.2 Vendor default accounts are managed
2.2.4 Only necessary services and functions are enabled
2.2.5 Insecure services are justified and secured
2.2.6 System parameters prevent misuse
2.2.7 Administrative access is encrypted
3.3.1 Sensitive authentication data is not kept
3.5.1 Stored account numbers are unreadable
3.6.1 Keys are protected against disclosure and misuse
3.6.1.2 Keys are stored in a secure form
3.7.1 Strong keys are generated
3.7.4 Keys are changed at the end of their period
4.2.1 Strong cryptography protects transmission over open networks
5.2 Malicious software is prevented or detected
6.2.4 Software is protected against common attacks
6.3.2 An inventory of software components is kept
6.3.3 Components are patched against known vulnerabilities
6.4.2 An automated solution protects public web applications
6.5.1 Changes follow a procedure
6.5.3 Development and production are separated
6.5.4 Roles in development and production are separated
6.5.5 Live data is not used for tests
7.2.1 An access model is defined
7.2.2 Access follows job and least privilege
7.2.5 System accounts have least privilege
7.2.6 Queries of cardholder data are restricted
7.3.1 An access control system covers all components
7.3.3 Access is denied by default
8.2.1 Each user has an id of their own
8.2.2 Shared accounts are exceptions
8.2.8 Idle sessions end
8.3.1 Users and administrators authenticate
8.3.2 Strong cryptography makes authentication factors unreadable
8.3.4 Failed attempts lock accounts
8.3.6 Passwords have at least 12 characters
8.3.9 Passwords change every 90 days where they are the only factor
8.4.1 Administrators use MFA
8.4.2 All access to cardholder data uses MFA
8.4.3 Remote access uses MFA
8.6.1 Interactive use of system accounts is managed
8.6.2 Passwords of system accounts are not hard-coded
8.6.3 Passwords of system accounts change
10.2.1 Audit logs are on for all components
10.2.1.2 Actions of administrators are logged
10.2.1.5 Changes of credentials are logged
10.2.2 Audit logs record who did what, when and where
10.3.1 Reading audit logs is limited
10.3.2 Audit logs can't be changed
10.3.3 Audit logs are backed up to a central place
10.3.4 Integrity of audit logs is monitored
10.4.1 Audit logs are reviewed
10.4.1.1 Audit logs are reviewed automatically
10.5.1 Audit logs are kept for 12 months
10.6.1 Clocks are synchronized
10.7.2 Failures of security controls are detected
11.5.1 Intrusions are detected
11.5.2 Changes of critical files are detected
11.6.1 Changes of payment pages are detected
12.4.2 Controls are reviewed
12.5.1 An inventory of components in scope is kept
"""

FRAMEWORK = Framework(
    name="pci-dss",
    title="PCI DSS v4.0.1",
    source_url="https://www.pcisecuritystandards.org/document_library/",
    controls=natural(
        *table(Responsible.AWS, _AWS),
        *table(Responsible.ORGANIZATION, _ORGANIZATION),
        *table(Responsible.APPLICATION, _APPLICATION),
    ),
)
