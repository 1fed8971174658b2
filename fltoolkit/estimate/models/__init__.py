"""Models and tests under the sample design: logistic regression, association."""
