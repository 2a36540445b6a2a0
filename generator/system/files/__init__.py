"""The only door to the disk: files are opened, listed, tested for and created here."""

from generator.system.files.descriptors import Kind
from generator.system.files.folder import Folder
from generator.system.files.refusals import UnreadableFileError

__all__ = ["Folder", "Kind", "UnreadableFileError"]
