"""Contains the checks of the data that are possible only after the persons of a survey have been
classified."""
