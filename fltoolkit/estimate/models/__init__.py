"""Statistical models and tests that take the sample design into account: logistic regression and tests of association."""
