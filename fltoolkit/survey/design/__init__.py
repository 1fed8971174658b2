"""The sample design (strata, clusters, weights), bound to the data."""
