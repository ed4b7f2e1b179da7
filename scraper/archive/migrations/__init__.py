"""The steps that lead from an empty file to today's tables, one file each, in order. A step that was released is never
edited: what comes later is a step of its own.
"""

from collections.abc import Callable

from sqlite_utils import Database

from scraper.archive.migrations.m001_first_tables import m001_first_tables
from scraper.archive.migrations.m002_histories import m002_histories
from scraper.archive.migrations.m003_requests import m003_requests
from scraper.archive.migrations.m004_documents import m004_documents
from scraper.archive.migrations.m005_doubts import m005_doubts
from scraper.archive.migrations.m006_files import m006_files
from scraper.archive.migrations.m007_runs import m007_runs
from scraper.archive.migrations.m008_reprints import m008_reprints
from scraper.archive.migrations.m009_boilerplate import m009_boilerplate
from scraper.archive.migrations.m010_growth import m010_growth

STEPS: tuple[Callable[[Database], None], ...] = (
    m001_first_tables,
    m002_histories,
    m003_requests,
    m004_documents,
    m005_doubts,
    m006_files,
    m007_runs,
    m008_reprints,
    m009_boilerplate,
    m010_growth,
)
