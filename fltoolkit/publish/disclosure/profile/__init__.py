"""What a profile of cases may show: which of its rows, beside the numbers of cases that other tables show."""
