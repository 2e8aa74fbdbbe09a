"""What a text says against the decided findings, and against itself."""
