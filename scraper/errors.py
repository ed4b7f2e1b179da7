"""Every error a user can meet, as one tree. Each is one line: the cause, then the cure.

KaifaquError                     exit code
├── UsageError                   2   wrong words on the command line or a wrong file
│   ├── NotAnArchive             2   the file is no SQLite database, or no archive of ours
│   ├── NewerArchive             2   made by a later version of kaifaqu
│   ├── ArchiveUnwritable        2   read-only folder, full disk
│   └── MissingExtra             2   an optional package is not installed
├── ArchiveBusy                  2   another crawl is writing this archive
└── FetchError                   3   an address could not be had; `cause` says why, `retry` whether to ask again
    ├── Unreachable              3   no such host, no route, refused, reset, TLS
    ├── TooSlow                  3   a time-out, per answer as a whole
    ├── TooLarge                 3   a body, or what it unpacks to, passes the bound
    ├── BadAnswer                3   not HTTP, broken compression, redirect loop
    ├── Forbidden                3   robots.txt says no, or an address out of scope (private, other scheme)
    │   └── LeavesPortal         3   a redirect leads out of the portal
    └── Blocked                  3   a wall (521, 412, challenge page)
"""

from __future__ import annotations


class KaifaquError(Exception):
    """Root of the tree. `str()` is one line for people: cause and cure. `exit_code` is the command's."""

    exit_code = 2

    def __init__(self, cause: str, cure: str = "") -> None:
        super().__init__(f"{cause}; {cure}" if cure else cause)
        self.cause = cause
        self.cure = cure


class UsageError(KaifaquError):
    """Wrong words on the command line, or a file that is not what the command needs."""


class NotAnArchive(UsageError):
    """The file is not SQLite, or a SQLite file that kaifaqu did not make."""


class NewerArchive(UsageError):
    """The archive was written by a later kaifaqu; writing it with this one could lose something."""


class ArchiveUnwritable(UsageError):
    """Read-only file or folder, or no space left on the disk."""


class MissingExtra(UsageError):
    """An optional package is not installed; the cure names the `pip install` line."""


class ArchiveBusy(KaifaquError):
    """Another crawl is writing this archive."""


class FetchError(KaifaquError):
    """An address could not be had. `retry` tells whether asking again can help."""

    exit_code = 3
    retry = False


class Unreachable(FetchError):
    """No such host, no route, connection refused or reset, TLS failed."""

    retry = True


class TooSlow(FetchError):
    """The whole answer took longer than allowed, however it dripped."""

    retry = True


class TooLarge(FetchError):
    """The body, packed or unpacked, passes the bound."""


class BadAnswer(FetchError):
    """Not HTTP, broken compression, redirect loop, nonsense in a header that matters."""


class Forbidden(FetchError):
    """robots.txt says no, or the address is out of scope (other scheme, private network)."""


class LeavesPortal(Forbidden):
    """The address redirects out of the portal: what stands there is another's."""


class Blocked(FetchError):
    """The portal answered with a wall instead of a page."""
