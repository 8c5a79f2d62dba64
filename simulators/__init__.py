"""Stand-ins at the wire: the other end of the same cable. They know the wire, never the rules."""
