"""Draws charts: with plotly for notebooks, and with matplotlib for documents and files."""
