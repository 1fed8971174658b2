"""The rows of the plan that show the profile of cases."""
