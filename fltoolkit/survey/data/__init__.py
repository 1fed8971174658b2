"""Files and tables in, one lazy frame of persons out; nothing is concluded here."""
