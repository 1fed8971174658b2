"""Reads the persons once and sums them by sampling unit and cell. All estimates are made from these sums."""
