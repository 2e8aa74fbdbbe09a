"""The workstation itself: the only folder that knows all the others."""
