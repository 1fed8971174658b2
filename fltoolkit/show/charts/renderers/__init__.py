"""Draws charts from their descriptions: plotly for notebooks, matplotlib for documents and files."""
