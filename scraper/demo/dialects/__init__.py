"""The six ways in which the demo portal's channels speak, one module each."""

from scraper.demo.dialects.gbk import GBK
from scraper.demo.dialects.hanweb import HANWEB
from scraper.demo.dialects.plain import PLAIN
from scraper.demo.dialects.trs import TRS
from scraper.demo.dialects.ucap import UCAP
from scraper.demo.dialects.vsb import VSB

SPOKEN = {"plain": PLAIN, "trs": TRS, "ucap": UCAP, "vsb": VSB, "hanweb": HANWEB, "gbk": GBK}
"""The dialects by the names that `news/*.toml` carry."""
