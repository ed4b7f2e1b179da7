"""kaifaqu: crawler and archiver for the news of China's development zones."""

from scraper.model import Article, Listing, Reading
from scraper.read import read

__all__ = ["Article", "Listing", "Reading", "read"]
