"""What is wrong with the data, found before any estimate."""
