"""The only room that speaks HTTP: addresses in, captures out, within bounds and politely."""

from scraper.fetch.client import Fetcher
from scraper.fetch.limits import Limits
from scraper.fetch.robots import RobotsAnswer

__all__ = ["Fetcher", "Limits", "RobotsAnswer"]
