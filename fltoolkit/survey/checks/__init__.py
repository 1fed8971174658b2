"""Checks the data of a survey before any estimate. Each result of a check is called a finding: something that
is wrong, or that a statistician should know."""
