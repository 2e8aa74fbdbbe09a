"""Booking: who is free when, and telling people about it."""
