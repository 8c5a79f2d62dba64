"""The pages' interface, one module for each kind of caller; docs/specs/feed.md is its contract."""
