"""The number that brings an ambulance, by country; an administrator's own number comes first.

112 is the number of the European Union by law (Directive (EU) 2018/1972, Article 109) and that of
mobile networks (3GPP TS 22.101); the others are those of the countries' services. A test holds
each against an independent source, the emergency numbers of Google's libphonenumber.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.workflow.settings import ClinicSettings

EVERYWHERE = "112"
"""Where no other is known."""

BY_COUNTRY: Mapping[str, str] = MappingProxyType(
    {
        country: number
        for number, countries in {
            "911": "US CA MX PH",
            "999": "GB HK MY KE",
            "000": "AU",
            "111": "NZ",
            "119": "JP KR TW",
            "120": "CN",
            "995": "SG",
            "192": "BR",
            "107": "AR",
            "131": "CL",
            "144": "CH LI",
            "113": "NO",
            "101": "IL",
            "10177": "ZA",
        }.items()
        for country in countries.split()
    }
)


def number_of(country: str) -> str:
    """Return the number of a country by its two letters, 112 where none is known."""
    return BY_COUNTRY.get(country.strip().upper(), EVERYWHERE)


def emergency_number(settings: ClinicSettings) -> str:
    """Return the clinic's own number, else that of its country, else 112."""
    return settings.emergency_number.strip() or number_of(settings.country)
