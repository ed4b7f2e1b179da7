"""Articles as files: for spreadsheets and for programs. Everything streams, memory stays flat."""

from scraper.export.csv import export_csv
from scraper.export.jsonl import export_jsonl

__all__ = ["export_csv", "export_jsonl"]
