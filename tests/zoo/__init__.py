"""A zoo of invented portals on loopback: each speaks a dialect of the field's CMSs, and shows its faults when asked to."""

from zoo.portal import Answer, Channel, Dialect, Portal
from zoo.server import Asked, Fault, Reset, Stand, Zoo
from zoo.story import Story, invent, revised

__all__ = [
    "Answer",
    "Asked",
    "Channel",
    "Dialect",
    "Fault",
    "Portal",
    "Reset",
    "Stand",
    "Story",
    "Zoo",
    "invent",
    "revised",
]
