"""Records to and from FHIR R4; pure functions."""
