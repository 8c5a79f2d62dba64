"""What goes wrong with devices and lines. Supervision decides; the sitting goes on."""


class BridgeError(Exception):
    """A device or a line failed. Never raised for what is expected of hardware: that is a message."""


class LineUnavailable(BridgeError):
    """The row's line can't be opened: no such port, no right to it, or another program holds it."""

    def __init__(self, url: str, cause: BaseException) -> None:
        super().__init__(f"line {url} can't be opened: {cause}")
        self.url = url


class LineLost(BridgeError):
    """The row's line was cut while it was served: adapter pulled, socket closed. Run the bus again."""

    def __init__(self, url: str, cause: BaseException | None) -> None:
        super().__init__(f"line {url} was lost: {cause or 'closed at the other end'}")
        self.url = url


class RowMisconfigured(BridgeError):
    """A row that can't be served as it is written down: address out of range, key of the wrong size."""


class UnknownConsole(BridgeError):
    """A face for an address that isn't in this row."""

    def __init__(self, address: int) -> None:
        super().__init__(f"no console has address {address} in this row")
        self.address = address


class BrokerRefused(BridgeError):
    """The broker answered, and said no: wrong password, a topic that isn't ours, too many connections."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the broker refuses: {reason.replace('_', ' ')}")


class BrokerLost(BridgeError):
    """The connection to the broker ended. It is made again."""
