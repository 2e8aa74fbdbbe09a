"""What the reader's left hand does: one tool at a time, measuring or drawing on a view."""
