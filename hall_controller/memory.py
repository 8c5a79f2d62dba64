"""What Python's collector should know of a hall: what stands after the start stays."""

import gc

YOUNG = 20_000
"""Objects made before the collector looks: a full house's ballots make 100,000, hardly one in a cycle."""


def settle() -> None:
    """Call it once everything is set up. A full collection in a vote would hold up every seat for 50 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 50)
