"""Seeing: from files to volumes to planes on a screen."""
