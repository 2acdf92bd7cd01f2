"""What was promised when somebody urged: by when, kept or broken."""
