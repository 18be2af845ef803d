"""What the YAML parser complains about, in the words of someone who writes scenarios."""

from __future__ import annotations

import re
from typing import Final

import yaml

from bargain_sim.scenario.scalars import shortened

__all__ = ["syntax_error"]

_INDENT: Final = "Indent with spaces, and equally far within one mapping"
_QUOTE: Final = "Put the text in quotes"

# Part of the parser's problem → (problem, remedy).  The first match counts.
_WORDS: Final[tuple[tuple[str, str, str], ...]] = (
    ("mapping values are not allowed", "there is a second `:` in this line, or its indentation is off",
     f"{_QUOTE}, or check the indentation"),
    ("block sequence entries are not allowed", "a list (`- …`) cannot start in the line of its key",
     "Put each `- item` on its own line, or write `[a, b]`"),
    ("expected ',' or ']'", "the bracket `[` opened in line {from_line} is not closed",
     "Close it with `]`"),
    ("expected ',' or '}'", "the brace `{{` opened in line {from_line} is not closed",
     "Close it with `}`"),
    ("unexpected end of stream", "the quote opened in line {from_line} is not closed",
     "Close the quote, with the same sign"),
    ("unexpected document indicator", "the quote opened in line {from_line} is not closed",
     "Close the quote, with the same sign"),
    ("unknown escape character", "a backslash in double quotes means something else here",
     "Use single quotes"),
    ("expected ':'", "line {from_line} has no `key: value`", "Write a `:` and a space after the key"),
    ("node content", "a value is missing here, or a bracket is closed that was not opened",
     "Check the brackets, or put the text in quotes"),
    ("expected key", "this line does not fit the lines above: wrong indentation, or text after a quote",
     _INDENT),
    ("expected <block end>", "this line does not fit the lines above: wrong indentation", _INDENT),
    ("expected '-' indicator", "this line does not go on with the list above", _INDENT),
    ("expected <document start>", "this line does not fit what stands above it",
     "Check the indentation, and brackets closed too often"),
    ("expected '<document start>'", "this line does not fit what stands above it",
     "Check the indentation, and brackets closed too often"),
    ("alphabetic or numeric", "`&` and `*` have a meaning of their own here", _QUOTE),
    ("block scalar", "after `|` or `>` the text starts on the next line", "Start a new line there"),
    ("comment or line break", "after `|` or `>` the text starts on the next line",
     "Start a new line there"),
    ("directive", "a line that starts with `%` has a meaning of its own in YAML", _QUOTE),
    ("tag", "`!` has a meaning of its own here", _QUOTE),
)  # fmt: skip


def syntax_error(error: yaml.YAMLError, text: str) -> tuple[int, str, str]:
    """Line (from 1), problem and remedy of what the parser could not read in `text`."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, int(error.position)) + 1
        return line, "there is a character that cannot be shown", "Delete it and type the line again"
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return 1, "the file cannot be read as YAML", "Check its first lines"
    line = error.problem_mark.line + 1
    lines = text.splitlines()
    here = lines[line - 1] if line <= len(lines) else ""
    if "\t" in (re.match(r"\s*", here) or [""])[0]:
        return line, "the line is indented with a tab", "Indent with spaces; YAML allows no tabs there"
    problem = error.problem or ""
    if "cannot start any token" in problem:
        sign = here[error.problem_mark.column : error.problem_mark.column + 1]
        return line, f"no value can start with `{sign}`", f'{_QUOTE}, such as "{sign}…"'
    from_line = error.context_mark.line + 1 if error.context_mark is not None else line
    for part, words, remedy in _WORDS:
        if part in problem:
            # A missing end is noticed far below; the line where it began helps more.
            at = from_line if "{from_line}" in words else min(line, max(len(lines), 1))
            return at, words.format(from_line=from_line), remedy
    return line, f"the line cannot be read as YAML ({shortened(problem)})", _INDENT
