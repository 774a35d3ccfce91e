"""The whole normalizer in one object: a complaint goes in, what the rules make of it comes out."""

from __future__ import annotations

from normalizer.categories import Categorizer
from normalizer.complaint import Complaint, Understanding
from normalizer.duplicates import facts, keys, probes
from normalizer.pictures import MOST
from normalizer.places import placer_of
from normalizer.privacy import find_quoted, scrub
from normalizer.region import Region
from normalizer.text import plain, tidy

RULES = "2026.2"
"""Version of the rules; raised whenever the same complaint may be understood differently."""


class Normalizer:
    """Understands the complaints of one region. Pure, and can be pickled, so that it runs in processes of its own.

    `salt` (at most 16 bytes, a secret of the installation) goes into the hash that stands for a reporter.
    """

    def __init__(self, region: Region, categorizer: Categorizer, *, salt: bytes = b"") -> None:
        self._region = region
        self._categorizer = categorizer
        self._salt = salt
        self._placer = placer_of(region)
        self._local = {
            area.code: frozenset(plain(f"{area.name} {area.kecamatan_name}").split()) for area in region.areas
        }
        self._rules = f"{RULES}+k-{categorizer.learned.name}" if categorizer.learned else RULES

    def understand(
        self, complaint: Complaint, *, photo: tuple[float, float] | None = None, pictures: tuple[int, ...] = ()
    ) -> Understanding:
        """Say where it is, what it is about, how urgent it is, and what it is compared by.

        `photo` is the latitude and longitude that the complaint's picture was taken at, `pictures` what its pictures
        look like (see `normalizer.pictures`), once that is known.
        """
        words = tidy(complaint.words)
        text = scrub(words, names=_names(complaint, words))
        place = self._placer.place(complaint, photo=photo)
        guess = self._categorizer.guess(complaint)
        quoted = find_quoted(words, self._region.letters)
        known = facts(
            complaint, place, guess, text, quoted, salt=self._salt, local=self._local.get(place.kelurahan, ())
        )
        if pictures:
            known["ph"] = list(pictures[:MOST])
        return Understanding(
            text=text,
            place=place,
            category=guess.category,
            category_confidence=guess.confidence,
            category_sure=guess.sure,
            category_words=guess.words,
            urgency=guess.urgency,
            urgency_words=guess.urgency_words,
            handling=guess.handling,
            quoted=quoted,
            facts=known,
            keys=keys(known),
            probes=probes(known),
            rules=self._rules,
            gazetteer=self._region.version,
        )


def _names(complaint: Complaint, words: str) -> tuple[str, ...]:
    """List what the channel calls its reporter, as far as any part of it stands in the words: people sign."""
    if complaint.reporter is None:
        return ()
    lowered = words.casefold()
    names = (complaint.reporter.name, complaint.reporter.handle)
    return tuple(name for name in names if any(part in lowered for part in name.casefold().split()))
