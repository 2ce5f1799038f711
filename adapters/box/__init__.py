"""A salon in a box: one visitor's salon, phones and clock, with our server as a process of its own behind."""
