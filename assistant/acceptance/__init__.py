"""What a clinic's language model must show on this machine before it may word a sentence."""
