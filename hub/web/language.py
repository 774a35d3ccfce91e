"""The two languages of the pages: catalogs of gettext, and how numbers, times and ages are spelled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations, translation
from pathlib import Path

from babel import Locale
from starlette.requests import Request

LANGUAGES = {"id": "Bahasa Indonesia", "en": "English"}
DEFAULT = "id"
COOKIE = "bahasa"
DOMAIN = "aduan"
FOLDER = Path(__file__).with_name("locale")


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its code, its catalog, its locale."""

    code: str
    catalog: GNUTranslations | NullTranslations
    locale: Locale

    def gettext(self, message: str) -> str:
        """Translate."""
        return self.catalog.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Translate what depends on a number."""
        return self.catalog.ngettext(one, many, count)


@cache
def language(code: str) -> Language:
    """Give a language; the default for an unknown code."""
    known = code if code in LANGUAGES else DEFAULT
    return Language(known, translation(DOMAIN, FOLDER, [known]), Locale.parse(known))


def language_of(request: Request) -> Language:
    """Give the language that the reader chose."""
    return language(request.cookies.get(COOKIE, DEFAULT))


def mark(message: str) -> str:
    """Mark a text for the catalogs; it is translated where it is shown."""
    return message
