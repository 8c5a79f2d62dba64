"""The console protocol, sans-I/O: bytes and times in, bytes and events out. See docs/specs/console-wire.md."""
