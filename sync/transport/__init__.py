"""The HTTPS client of sending."""
