"""What a language model is tried on before it may word anything."""
