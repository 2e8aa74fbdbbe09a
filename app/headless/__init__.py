"""The workstation without a window: analyses on the command line, answers as lines of JSON."""
