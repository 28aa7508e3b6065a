"""CCPA: the sections of the California Civil Code that ask something of systems which hold personal information."""

from __future__ import annotations

from factory.catalog.controls.framework import Framework, Responsible, table
from factory.catalog.controls.order import natural

_ORGANIZATION = """
1798.110 Right to know what is collected
1798.120 Right to opt out of sale or sharing
1798.130 Notices and answers to requests
"""
_APPLICATION = """
1798.100 Duties of businesses that collect, with reasonable security procedures
1798.105 Right to deletion
1798.106 Right to correction
1798.150 Reasonable security against breaches, with encryption
"""

FRAMEWORK = Framework(
    name="ccpa",
    title="CCPA as amended by CPRA, California Civil Code",
    source_url="https://leginfo.legislature.ca.gov/faces/codes_displayText.xhtml?division=3.&part=4.&lawCode=CIV&title=1.81.5",
    controls=natural(*table(Responsible.ORGANIZATION, _ORGANIZATION), *table(Responsible.APPLICATION, _APPLICATION)),
)
