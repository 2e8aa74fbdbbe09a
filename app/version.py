"""Which version of the program this is; signed reports and the bundle are marked with it."""

VERSION = "0.2.0"
