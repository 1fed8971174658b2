"""Tables of one's own, published by themselves or beside a run's published set."""
