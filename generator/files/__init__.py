"""The one door to the disk: files are opened, listed, asked for and made here, and nowhere else."""

from generator.files.descriptors import Kind
from generator.files.folder import Folder
from generator.files.refusals import UnreadableFileError

__all__ = ["Folder", "Kind", "UnreadableFileError"]
