"""Statistical models and tests that respect the sample design: logistic regression and tests of association."""
