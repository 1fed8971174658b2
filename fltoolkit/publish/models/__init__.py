"""Publishes models: they tell no more than the printed rates."""
