"""Claims about writing, guarding and the local model."""
