"""The hall that views are drawn from."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.display.simulated_hall import SimulatedHall


@pytest.fixture
def hall():
    """The key is fixed, so that signatures are the same in every run."""
    return SimulatedHall(key=Ed25519PrivateKey.from_private_bytes(b"\7" * 32))
