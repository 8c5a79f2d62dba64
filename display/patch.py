"""What changed between two views, as a JSON merge patch (RFC 7396)."""

from typing import Any

View = dict[str, Any]
"""A JSON object without nulls: in a merge patch null says "gone", so what is absent is left out."""


def merge_patch(old: View, new: View) -> View:
    """The patch that makes `new` of `old`; empty when they are equal. Lists are replaced whole."""
    patch: View = {name: None for name in old if name not in new}
    for name, value in new.items():
        before = old.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            if inner := merge_patch(before, value):
                patch[name] = inner
        elif before != value or type(before) is not type(value):
            patch[name] = value
    return patch


def patched(old: View, patch: View) -> View:
    """RFC 7396 section 2: what a page does with a change."""
    result = dict(old)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            before = result.get(name)
            result[name] = patched(before if isinstance(before, dict) else {}, value)
        else:
            result[name] = value
    return result
