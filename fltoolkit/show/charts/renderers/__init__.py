"""What draws a described chart: plotly for notebooks, matplotlib for documents and files."""
