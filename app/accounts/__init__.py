"""Roles, permissions, passwords and key slots: pure rules."""
