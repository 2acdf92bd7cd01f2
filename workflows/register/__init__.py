"""The register of enterprises: what is known of each, where it came from, what is still unknown."""
