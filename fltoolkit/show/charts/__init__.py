"""Charts: for notebooks (plotly), and for documents and files (static, matplotlib)."""
