"""Grad-CAM and the score of how faithful it is."""
