"""Claims about the reading and report pages."""
