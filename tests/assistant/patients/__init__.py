"""Invented reports with questions as patients ask them, and what became of their answers."""
