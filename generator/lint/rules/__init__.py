"""What Tiphys requires: one file per rule, in a folder per family, each with one list."""
