"""The console protocol, sans-I/O: bytes and times in, events out: docs/specs/console-wire.md."""
