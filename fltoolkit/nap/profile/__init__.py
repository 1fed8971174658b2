"""The plan's rows on the profile of cases."""
