"""Writing: reports, explanations and answers."""
