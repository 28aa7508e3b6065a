"""NIST SP 800-53 rev. 5: the moderate baseline of SP 800-53B, and further enhancements that rules are evidence of."""

from __future__ import annotations

from factory.catalog.controls.framework import Framework, Responsible, table
from factory.catalog.controls.order import natural

_AWS = """
MA-2 Controlled Maintenance
MA-3 Maintenance Tools
MA-4 Nonlocal Maintenance
MA-5 Maintenance Personnel
MA-6 Timely Maintenance
MP-2 Media Access
MP-3 Media Marking
MP-4 Media Storage
MP-5 Media Transport
MP-6 Media Sanitization
MP-7 Media Use
PE-2 Physical Access Authorizations
PE-3 Physical Access Control
PE-4 Access Control for Transmission
PE-5 Access Control for Output Devices
PE-6 Monitoring Physical Access
PE-8 Visitor Access Records
PE-9 Power Equipment and Cabling
PE-10 Emergency Shutoff
PE-11 Emergency Power
PE-12 Emergency Lighting
PE-13 Fire Protection
PE-14 Environmental Controls
PE-15 Water Damage Protection
PE-16 Delivery and Removal
AC-18 Wireless Access
AU-8 Time Stamps
SC-39 Process Isolation
SI-16 Memory Protection
SC-20 Secure Name/Address Resolution Service (Authoritative Source)
SC-21 Secure Name/Address Resolution Service (Recursive or Caching Resolver)
SC-22 Architecture and Provisioning for Name/Address Resolution Service
CP-8 Telecommunications Services
"""
_ORGANIZATION = """
AC-1 Policy and Procedures
AC-2 Account Management
AC-2(1) Automated System Account Management
AC-5 Separation of Duties
AC-8 System Use Notification
AC-19 Access Control for Mobile Devices
AC-20 Use of External Systems
AC-21 Information Sharing
AC-22 Publicly Accessible Content
AT-1 Policy and Procedures
AT-2 Literacy Training and Awareness
AT-3 Role-based Training
AT-4 Training Records
AU-1 Policy and Procedures
CA-1 Policy and Procedures
CA-2 Control Assessments
CA-3 Information Exchange
CA-5 Plan of Action and Milestones
CA-6 Authorization
CA-7 Continuous Monitoring
CA-9 Internal System Connections
CM-1 Policy and Procedures
CM-2 Baseline Configuration
CM-2(2) Automation Support for Accuracy and Currency
CM-3 Configuration Change Control
CM-3(6) Cryptography Management
CM-4 Impact Analyses
CM-5 Access Restrictions for Change
CM-6 Configuration Settings
CM-6(1) Automated Management, Application, and Verification
CM-7 Least Functionality
CM-8 System Component Inventory
CM-8(1) Updates During Installation and Removal
CM-9 Configuration Management Plan
CM-10 Software Usage Restrictions
CM-11 User-installed Software
CM-12 Information Location
CP-1 Policy and Procedures
CP-2 Contingency Plan
CP-3 Contingency Training
CP-4 Contingency Plan Testing
CP-6 Alternate Storage Site
CP-7 Alternate Processing Site
CP-9 System Backup
CP-9(8) Cryptographic Protection
CP-10 System Recovery and Reconstitution
IA-1 Policy and Procedures
IA-4 Identifier Management
IA-12 Identity Proofing
IR-1 Policy and Procedures
IR-2 Incident Response Training
IR-3 Incident Response Testing
IR-4 Incident Handling
IR-4(1) Automated Incident Handling Processes
IR-5 Incident Monitoring
IR-6 Incident Reporting
IR-6(1) Automated Reporting
IR-7 Incident Response Assistance
IR-8 Incident Response Plan
MA-1 Policy and Procedures
MP-1 Policy and Procedures
PE-1 Policy and Procedures
PE-17 Alternate Work Site
PL-1 Policy and Procedures
PL-2 System Security and Privacy Plans
PL-4 Rules of Behavior
PL-8 Security and Privacy Architectures
PL-10 Baseline Selection
PL-11 Baseline Tailoring
PS-1 Policy and Procedures
PS-2 Position Risk Designation
PS-3 Personnel Screening
PS-4 Personnel Termination
PS-5 Personnel Transfer
PS-6 Access Agreements
PS-7 External Personnel Security
PS-8 Personnel Sanctions
PS-9 Position Descriptions
RA-1 Policy and Procedures
RA-2 Security Categorization
RA-3 Risk Assessment
RA-5 Vulnerability Monitoring and Scanning
RA-7 Risk Response
RA-9 Criticality Analysis
SA-1 Policy and Procedures
SA-2 Allocation of Resources
SA-3 System Development Life Cycle
SA-4 Acquisition Process
SA-5 System Documentation
SA-8 Security and Privacy Engineering Principles
SA-9 External System Services
SA-10 Developer Configuration Management
SA-22 Unsupported System Components
SC-1 Policy and Procedures
SI-1 Policy and Procedures
SI-5 Security Alerts, Advisories, and Directives
SI-8 Spam Protection
SR-1 Policy and Procedures
SR-2 Supply Chain Risk Management Plan
SR-3 Supply Chain Controls and Processes
SR-5 Acquisition Strategies, Tools, and Methods
SR-6 Supplier Assessments and Reviews
SR-8 Notification Agreements
SR-9 Tamper Resistance and Detection
SR-10 Inspection of Systems or Components
SR-11 Component Authenticity
SR-12 Component Disposal
"""
_APPLICATION = """
AC-3 Access Enforcement
AC-3(7) Role-based Access Control
AC-4 Information Flow Enforcement
AC-4(21) Physical or Logical Separation of Information Flows
AC-6 Least Privilege
AC-6(1) Authorize Access to Security Functions
AC-6(2) Non-privileged Access for Nonsecurity Functions
AC-6(5) Privileged Accounts
AC-6(9) Log Use of Privileged Functions
AC-6(10) Prohibit Non-privileged Users from Executing Privileged Functions
AC-7 Unsuccessful Logon Attempts
AC-11 Device Lock
AC-12 Session Termination
AC-14 Permitted Actions without Identification or Authentication
AC-17 Remote Access
AC-17(1) Monitoring and Control
AC-17(2) Protection of Confidentiality and Integrity Using Encryption
AU-2 Event Logging
AU-3 Content of Audit Records
AU-4 Audit Log Storage Capacity
AU-5 Response to Audit Logging Process Failures
AU-6 Audit Record Review, Analysis, and Reporting
AU-6(1) Automated Process Integration
AU-7 Audit Record Reduction and Report Generation
AU-9 Protection of Audit Information
AU-9(2) Store on Separate Physical Systems or Components
AU-9(3) Cryptographic Protection
AU-9(4) Access by Subset of Privileged Users
AU-10 Non-repudiation
AU-11 Audit Record Retention
AU-12 Audit Record Generation
CM-7(1) Periodic Review
IA-2 Identification and Authentication (Organizational Users)
IA-2(1) Multi-factor Authentication to Privileged Accounts
IA-2(2) Multi-factor Authentication to Non-privileged Accounts
IA-3 Device Identification and Authentication
IA-5 Authenticator Management
IA-5(1) Password-based Authentication
IA-5(7) No Embedded Unencrypted Static Authenticators
IA-6 Authentication Feedback
IA-7 Cryptographic Module Authentication
IA-8 Identification and Authentication (Non-organizational Users)
IA-9 Service Identification and Authentication
IA-11 Re-authentication
SA-11 Developer Testing and Evaluation
SA-15 Development Process, Standards, and Tools
SC-2 Separation of System and User Functionality
SC-4 Information in Shared System Resources
SC-5 Denial-of-service Protection
SC-5(2) Capacity, Bandwidth, and Redundancy
SC-6 Resource Availability
SC-7 Boundary Protection
SC-7(3) Access Points
SC-7(4) External Telecommunications Services
SC-7(5) Deny by Default - Allow by Exception
SC-7(7) Split Tunneling for Remote Devices
SC-7(8) Route Traffic to Authenticated Proxy Servers
SC-7(11) Restrict Incoming Communications Traffic
SC-7(12) Host-based Protection
SC-7(16) Prevent Discovery of System Components
SC-7(20) Dynamic Isolation and Segregation
SC-7(21) Isolation of System Components
SC-8 Transmission Confidentiality and Integrity
SC-8(1) Cryptographic Protection
SC-10 Network Disconnect
SC-12 Cryptographic Key Establishment and Management
SC-12(2) Symmetric Keys
SC-13 Cryptographic Protection
SC-15 Collaborative Computing Devices and Applications
SC-17 Public Key Infrastructure Certificates
SC-18 Mobile Code
SC-23 Session Authenticity
SC-23(3) Unique System-generated Session Identifiers
SC-28 Protection of Information at Rest
SC-28(1) Cryptographic Protection
SC-36 Distributed Processing and Storage
SI-2 Flaw Remediation
SI-2(2) Automated Flaw Remediation Status
SI-2(5) Automatic Software and Firmware Updates
SI-3 Malicious Code Protection
SI-4 System Monitoring
SI-4(2) Automated Tools and Mechanisms for Real-time Analysis
SI-4(4) Inbound and Outbound Communications Traffic
SI-4(5) System-generated Alerts
SI-4(20) Privileged Users
SI-7 Software, Firmware, and Information Integrity
SI-7(1) Integrity Checks
SI-7(6) Cryptographic Protection
SI-10 Information Input Validation
SI-11 Error Handling
SI-12 Information Management and Retention
SI-13(5) Failover Capability
"""

FRAMEWORK = Framework(
    name="nist-800-53",
    title="NIST SP 800-53 rev. 5, moderate baseline",
    source_url="https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
    catalog_url="https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/"
    "NIST_SP800-53_rev5_catalog.json",
    controls=natural(
        *table(Responsible.AWS, _AWS),
        *table(Responsible.ORGANIZATION, _ORGANIZATION),
        *table(Responsible.APPLICATION, _APPLICATION),
    ),
)
