"""The local language model in its own process."""
