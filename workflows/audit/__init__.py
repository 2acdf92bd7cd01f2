"""Who decided what, when and why: written once, never changed."""
