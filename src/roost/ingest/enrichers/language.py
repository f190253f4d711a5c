"""Enricher: the language of a tweet whose author did not say it. docs/enrichment.md has the figures."""

import re
import threading

import numpy as np

from roost.ingest.enrichers.language_model import NO_LANGUAGE, languages
from roost.kernels import judge_language
from roost.limits import LANGUAGE_LETTERS_MIN, LANGUAGE_SHARE_MIN
from roost.model import NO_FINDINGS, Findings, Tweet
from roost.text import normal_form

_NOT_SAID = re.compile(r"https?://\S+|[@#$]\w+|\bRT\b")
"""Addresses, names, tags: in no language, or in another one than the text."""
_MAY_NAME = re.compile(r"[@#$]|://|RT")
_LETTERS = re.compile(r"[^\W\d_]")
_SHORT = 32


class LanguageEnricher:
    name = "language"

    def __init__(self) -> None:
        self._languages = languages()
        self._scratch = self._languages.scratch()
        self._lock = threading.Lock()
        self._none = self._languages.names.index(NO_LANGUAGE)
        self.guess("so that the kernel is compiled")

    def find(self, tweet: Tweet) -> Findings:
        if tweet.language:
            return NO_FINDINGS
        language, _ = self.guess(tweet.text)
        return Findings(language=language) if language else NO_FINDINGS

    def guess(self, text: str) -> tuple[str, float]:
        """The likeliest language and its probability; an empty one where the text is too short or unclear."""
        said = " ".join(_NOT_SAID.sub(" ", text).split()) if _MAY_NAME.search(text) else text
        if len(said) < _SHORT and len(_LETTERS.findall(said)) < LANGUAGE_LETTERS_MIN:
            return "", 0.0
        if said.isupper():
            said = said.lower()
        encoded = normal_form(said).encode(errors="replace")
        with self._lock:
            best = judge_language(np.frombuffer(encoded, np.uint8), self._languages.model, self._scratch)
            share = float(self._scratch.shares[best]) if best >= 0 else 0.0
        if share < LANGUAGE_SHARE_MIN or best == self._none:
            return "", share
        return self._languages.names[best], share
