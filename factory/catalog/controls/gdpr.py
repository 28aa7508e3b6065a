"""GDPR: the articles of Regulation (EU) 2016/679 that ask something of systems which process personal data."""

from __future__ import annotations

from factory.catalog.controls.framework import Framework, Responsible, table
from factory.catalog.controls.order import natural

_ORGANIZATION = """
6 Lawfulness of processing
7 Conditions for consent
12 Transparent information for data subjects
13 Information where data is collected
24 Responsibility of the controller
28 Processor
33 Notification of a breach to the authority
34 Communication of a breach to data subjects
35 Data protection impact assessment
44 Transfers to third countries
"""
_APPLICATION = """
5 Principles of processing
15 Right of access
16 Right to rectification
17 Right to erasure
20 Right to data portability
25 Data protection by design and by default
30 Records of processing activities
32 Security of processing
"""

FRAMEWORK = Framework(
    name="gdpr",
    title="GDPR, Regulation (EU) 2016/679",
    source_url="https://eur-lex.europa.eu/eli/reg/2016/679/oj",
    controls=natural(*table(Responsible.ORGANIZATION, _ORGANIZATION), *table(Responsible.APPLICATION, _APPLICATION)),
)
