"""Training and measuring the input gate's network."""
