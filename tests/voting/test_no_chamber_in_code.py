"""Rules are dated data: the rules' code holds no chamber's number and no chamber's name."""

import ast
from pathlib import Path

import voting
from hall_controller import rulebooks

MECHANISM = {0, 1, 2, 3, 10, 16, 20, 100, 20000}
"""Counting, indexes, a seat unit's line of 20, and hundredths of a per cent, half up."""

FILES = sorted(Path(next(iter(voting.__path__))).glob("*.py"))


def test_no_number_of_a_chamber_stands_in_the_code() -> None:
    found = {
        (file.name, node.value)
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and type(node.value) in (int, float)
        and node.value not in MECHANISM
    }
    assert found == set()


def test_no_rule_chamber_or_kind_is_named_in_the_code() -> None:
    named = {
        name for book in rulebooks.shipped() for name in (book.chamber, book.id, *book.rules, *book.kinds)
    }
    found = {
        (file.name, node.value)
        for file in FILES
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in named
    }
    assert found == set()
