"""Affines, the slice-corner gate, reslicing by VTK and windowing."""
