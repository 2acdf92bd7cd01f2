"""The proof: files kept by what they contain, outside the database."""
