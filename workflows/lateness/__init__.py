"""Who is late, now or at the end of any day, by whatever one asks; urging them."""
