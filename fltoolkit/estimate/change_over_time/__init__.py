"""Tests whether forced labour changed between two surveys, or since a published number. The tests never say why it changed."""
