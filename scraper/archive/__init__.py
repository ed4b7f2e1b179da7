"""The archive: the only room that writes SQLite."""

from scraper.archive.coverage import ChannelStatus, Missing, PortalStatus, ReportLine
from scraper.archive.search import Hit
from scraper.archive.store import Archive

__all__ = ["Archive", "ChannelStatus", "Hit", "Missing", "PortalStatus", "ReportLine"]
