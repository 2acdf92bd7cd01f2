"""What people say about an obligation or a hazard, and to whom its file is copied."""
