"""Claims about the canvas."""
