"""The HTTPS client."""
