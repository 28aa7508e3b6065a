"""SOC 2: the trust services criteria (AICPA TSP section 100, 2017, points of focus of 2022), titles in our words."""

from __future__ import annotations

from factory.catalog.controls.framework import Framework, Responsible, table
from factory.catalog.controls.order import natural

_ORGANIZATION = """
CC1.1 Integrity and ethical values
CC1.2 Oversight by the board
CC1.3 Structures, reporting lines and authority
CC1.4 Competent people
CC1.5 Accountability for control
CC2.1 Quality information for control
CC2.2 Communication inside
CC2.3 Communication with outside parties
CC3.1 Objectives clear enough to see risks
CC3.2 Risks identified and analyzed
CC3.3 Potential for fraud considered
CC3.4 Changes that affect control assessed
CC4.1 Controls evaluated continuously
CC4.2 Deficiencies told to those who mend them
CC5.1 Control activities that mitigate risks
CC5.2 General controls over technology
CC5.3 Control through policies and procedures
CC6.2 Users registered and authorized before access
CC7.4 Response to security incidents
CC7.5 Recovery from security incidents
CC9.1 Disruptions of the business mitigated
CC9.2 Risks of vendors and partners managed
A1.3 Recovery plans tested
P1.1 Notice of privacy practices
P2.1 Choice and consent
P3.1 Collection in line with objectives
P3.2 Explicit consent where it is needed
P4.1 Use limited to the purpose
P4.2 Personal information retained as stated
P4.3 Personal information disposed of securely
P5.1 Access for data subjects
P5.2 Corrections by data subjects
P6.1 Disclosure with consent
P6.2 Record of disclosures
P6.3 Record of unauthorized disclosures
P6.4 Privacy commitments of vendors
P6.5 Vendors notify of incidents
P6.6 Notification of breaches
P6.7 Account of personal information held
P7.1 Quality of personal information
P8.1 Complaints and disputes
"""
_APPLICATION = """
CC6.1 Logical access to protected assets
CC6.3 Access by role, least privilege and separation of duties
CC6.5 Protection ends only when data can't be recovered
CC6.6 Protection against threats from outside the boundary
CC6.7 Transmission and movement of information restricted and protected
CC6.8 Unauthorized or malicious software prevented and detected
CC7.1 Vulnerabilities and configuration changes detected
CC7.2 Components monitored for anomalies
CC7.3 Security events evaluated
CC8.1 Changes authorized, tested and approved
A1.1 Capacity monitored and managed
A1.2 Backup, redundancy and recovery infrastructure
C1.1 Confidential information identified and protected
C1.2 Confidential information disposed of
PI1.1 Definitions of data that is processed
PI1.2 Inputs complete and accurate
PI1.3 Processing complete and accurate
PI1.4 Outputs complete and accurate
PI1.5 Stored data complete and accurate
"""

FRAMEWORK = Framework(
    name="soc2",
    title="SOC 2, trust services criteria of 2017",
    source_url="https://www.aicpa-cima.com/resources/download/2017-trust-services-criteria-with-revised-points-of-focus-2022",
    controls=natural(
        *table(Responsible.AWS, "CC6.4 Physical access to facilities and assets"),
        *table(Responsible.ORGANIZATION, _ORGANIZATION),
        *table(Responsible.APPLICATION, _APPLICATION),
    ),
)
