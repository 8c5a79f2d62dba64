"""Evidence: a signed transparency log and signed statements. Pure; knows no other package."""
