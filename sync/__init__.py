"""Sending: records to the central server and back."""
