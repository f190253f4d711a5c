"""Mastodon.py at the end of a pipe: a line of JSON in is a call, a line out is what came of it.

It is run by the clients' own Python, and knows nothing of Roost. Answers are kept, so that a later call can
be given one as it was: the library hides where the next page begins in the page itself.
"""

import json
import sys

from mastodon import Mastodon, MastodonError


def main():
    client = Mastodon
    answers = []
    for line in sys.stdin:
        call = json.loads(line)
        given = [kept(argument, answers) for argument in call["given"]]
        told = {}
        try:
            if call["name"] == "Mastodon":
                client = Mastodon(**call["named"])
                answers.append(None)
            else:
                answers.append(getattr(client, call["name"])(*given, **call["named"]))
            told = {"number": len(answers) - 1, "value": answers[-1]}
        except MastodonError as error:
            told = {"error": type(error).__name__, "text": str(error)}
        print(json.dumps(told, default=str), flush=True)


def kept(argument, answers):
    """An argument, or the earlier answer that it stands for."""
    return answers[argument["answer"]] if isinstance(argument, dict) else argument


if __name__ == "__main__":
    main()
