"""Reads the persons once and sums them by sampling unit and cell (such as women in the north). All estimates
are computed from these sums."""
