"""Files that articles carry: what they are by their bytes, what they are called, and the text within."""

from scraper.files.kinds import FileKind, kind_of
from scraper.files.names import file_name, safe_name
from scraper.files.text import MOST_TEXT, FileText, read_text, text_reader

__all__ = [
    "MOST_TEXT",
    "FileKind",
    "FileText",
    "file_name",
    "kind_of",
    "read_text",
    "safe_name",
    "text_reader",
]
