"""Tests whether forced labour changed between two surveys, or since a published number. The tests do not say
why it changed."""
