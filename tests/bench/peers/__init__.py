"""Other programs, measured the same way, in an environment of their own."""
