"""Rules over objects that refer to each other."""
