"""What the kit says in each language: one YAML file a language. Knows no room."""
