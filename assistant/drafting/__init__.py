"""Findings to a report draft, and a report to plain words."""
