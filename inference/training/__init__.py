"""Training of the shipped models, from data to weights and card."""
