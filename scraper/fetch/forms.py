"""Forms that are posted for pages of lists."""

from __future__ import annotations

import re

# What a server wrote into the form for itself: another with each answer, and of no meaning for which page is asked for.
_STATE = re.compile(
    r"(?:^|&)__(?:VIEWSTATE\w*|EVENTVALIDATION|PREVIOUSPAGE|REQUESTVERIFICATIONTOKEN)=[^&]*", re.I
)


def content_type(form: str) -> str:
    """The Content-Type a form is sent with: JSON where it is an object of it, else as browsers send theirs."""
    return "application/json; charset=utf-8" if form.startswith("{") else "application/x-www-form-urlencoded"


def identity(form: str) -> str:
    """What two forms for one page share."""
    return _STATE.sub("", form)
