"""One self-contained HTML page in which a fitted network can be looked at and tried out."""

from .document import Page, page_of

__all__ = ["Page", "page_of"]
