"""The archive as files: tables for people and programs, web archives for players. All streams, memory stays flat."""

from scraper.export.csv import export_csv
from scraper.export.datapackage import export_datapackage
from scraper.export.formats import FORMATS, Wanted, Written, export_as
from scraper.export.jsonl import export_jsonl
from scraper.export.parquet import export_parquet
from scraper.export.wacz import export_wacz
from scraper.export.warc import export_warc

__all__ = [
    "FORMATS",
    "Wanted",
    "Written",
    "export_as",
    "export_csv",
    "export_datapackage",
    "export_jsonl",
    "export_parquet",
    "export_wacz",
    "export_warc",
]
