"""Forms that are posted for pages of lists."""

from __future__ import annotations


def content_type(form: str) -> str:
    """The Content-Type a form is sent with: JSON where it is an object of it, else as browsers send theirs."""
    return "application/json; charset=utf-8" if form.startswith("{") else "application/x-www-form-urlencoded"
