"""Tests that blocks of documents are compared by their values."""

from __future__ import annotations

import dataclasses

import pytest

from fltoolkit.report.document_formats.document_blocks import Heading, Paragraph


def test_blocks_are_values_that_nobody_changes() -> None:
    assert Heading("a") == Heading("a", 1, new_page=False)
    with pytest.raises(dataclasses.FrozenInstanceError):
        Paragraph("a").text = "b"  # type: ignore[misc]
