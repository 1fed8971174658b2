"""Draws described charts: plotly for notebooks, matplotlib for documents and files."""
