"""Background that may be quoted: what ships, what a clinic adds, and how a question finds it."""
