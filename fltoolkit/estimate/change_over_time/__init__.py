"""Tests whether forced labour changed between two surveys, or since a published figure. It never says why."""
