"""Spelling: which words of a text to look up, and a dictionary in a process of its own."""
