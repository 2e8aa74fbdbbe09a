"""A clinic's own leaflets: read in a bounded child process, cleaned, cut into pieces to quote."""
