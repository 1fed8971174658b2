"""Many surveys through the notebooks, on one machine or many."""
