"""Roles, permissions, passwords, key slots and tokens: pure rules."""
