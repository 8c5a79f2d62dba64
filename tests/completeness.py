"""`make test` promises everything: there a test that a missing part would skip has failed.

Plain `pytest` skips what the machine at hand lacks. With HALL_TEST_EVERYTHING=1, which `make test` sets,
only what no installation can mend may still be skipped.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

EVERYTHING = "HALL_TEST_EVERYTHING"
BEYOND_MENDING = re.compile(
    r"\.\./shared|the published votes are not beside"  # data that isn't part of the repository
    r"|root may write anything|this machine has no IPv6"  # who runs the test, and on what network
    r"|the next test fails the writes in another way"
)
"""Reasons to skip that stay. Any other is a part that scripts/install-system-packages or `make` brings."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[Any]:
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[Any]:
    return _judged((yield))


def _judged(report: Any) -> Any:
    if report.skipped and os.environ.get(EVERYTHING) == "1" and not hasattr(report, "wasxfail"):
        _, _, reason = report.longrepr
        if not BEYOND_MENDING.search(reason):
            report.outcome = "failed"
            report.longrepr = f"{reason}: a part is missing, and everything was to be tested ({EVERYTHING})"
    return report
