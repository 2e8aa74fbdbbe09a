"""Availability, conflicts and booking rules: pure functions over time."""
