"""What is told of the cases besides their number: by which means, in which form, for how long."""
