"""Claims about seeing."""
