"""The rules of a chamber: pure, no I/O, no clock, no randomness. Knows no other package."""
