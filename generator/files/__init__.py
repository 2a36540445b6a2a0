"""The only door to the disk: files are opened, listed, tested for and created here."""

from generator.files.descriptors import Kind
from generator.files.folder import Folder
from generator.files.refusals import UnreadableFileError

__all__ = ["Folder", "Kind", "UnreadableFileError"]
