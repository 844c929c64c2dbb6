"""Numbers become Plotly figures, in the product's own look."""
