"""Claims about reading what was dropped."""
