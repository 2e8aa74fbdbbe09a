"""The pages of the workstation: one page, one module."""
