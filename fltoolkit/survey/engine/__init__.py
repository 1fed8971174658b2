"""Reads the rows of persons with DuckDB or Spark. The rows are not loaded until they are needed."""
