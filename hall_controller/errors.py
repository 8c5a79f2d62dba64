"""What can go wrong with recording and be tried again. After `audit.errors.LogBroken` nothing is taken."""


class StoreFailed(Exception):
    """The store could not do it, or nobody knows whether it did: read the log again before going on."""


class NotRecorded(Exception):
    """What the asker gets when the store failed: nothing was acknowledged, send it again."""
