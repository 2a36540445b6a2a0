"""The strict YAML reader: bytes in, data and the place of every key and value out."""

from generator.syntax.reader.source import Place, Source, parse, try_parse

__all__ = ["Place", "Source", "parse", "try_parse"]
