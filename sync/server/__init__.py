"""The light central server."""
