"""The light central server: a FHIR R4 subset over SQLite (encrypted) or PostgreSQL."""
