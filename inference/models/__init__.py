"""Network architectures, weights by digest, and model cards."""
