"""Pages: one module per template folder."""
