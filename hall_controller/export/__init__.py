"""The exported directory: writing it (needs the hall's store), reading it (needs the base install only)."""
