"""Forms of tasks: a JSON Schema becomes fields, posted fields become values again."""
