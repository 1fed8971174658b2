"""The kit's words in each language: one YAML file per language. Modules here import no room (survey, classify, … report)."""
