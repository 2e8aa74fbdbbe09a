"""Measuring: models, their worker process, and what they found."""
