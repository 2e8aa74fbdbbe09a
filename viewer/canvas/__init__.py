"""Qt and VTK widgets that show a volume."""
