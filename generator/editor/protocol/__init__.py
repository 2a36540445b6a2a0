"""The language server: the protocol at the edge, around the same pipeline that `tiphys lint` runs."""
