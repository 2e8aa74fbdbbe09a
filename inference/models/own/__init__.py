"""A clinic's own models: read, bounded and checked before anything of them is built or run."""
