"""Widths, wrapping and columns, also with wide and combining characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shotwright.cli.text import Column, cells, cut_to, duration, megabytes, one_line, table, wrapped


def test_cells_count_what_a_terminal_draws() -> None:
    assert (cells("abc"), cells("日本"), cells("e\u0301"), cells("…")) == (3, 4, 1, 1)


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_wrapped_lines_fit_and_keep_every_letter(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(one_line(text).split())


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_cut_text_fits(text: str, width: int) -> None:
    assert cells(cut_to(text, width)) <= width


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert one_line("a\x1b[31mred\nb\tc") == "a [31mred b c"


def test_a_table_gives_its_flexible_column_what_is_left() -> None:
    columns = [Column("n", right=True), Column("words", flex=True, least=10), Column("end")]
    lines = table(columns, [("1", "a long row of words that has to wrap", "x"), ("10", "short", "y")], 30)
    assert all(cells(line) <= 30 for line in lines)
    assert lines[0].split() == ["n", "words", "end"]
    assert lines[1].startswith(" 1  a long row of words")
    assert "".join(lines[1:3]).count("x") == 1
    assert lines[-1] == "10  short                  y"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (8, "8 s"), (80, "1 min 20 s"), (120, "2 min"), (7500, "2 h 5 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(512, "512 B"), (6_200_000, "6.2 MB"), (1_400_000_000, "1.4 GB")])
def test_file_sizes(count: int, text: str) -> None:
    assert megabytes(count) == text
