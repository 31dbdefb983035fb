#!/usr/bin/env python3
"""The browser of a test: `browser.py URL` opens the sign-in page and does what a person would.

It looks for the form of the account named in SIGN_IN_AS, sends it, and follows where that leads,
up to the program that waits for the answer. SIGN_IN_AS=nobody closes the page instead.
LEAVE_EMPTY names the end of a scope whose box on the page is not ticked.
Written against the Google emulator's page; uses nothing but the standard library.
"""

import html.parser
import os
import sys
import urllib.parse
import urllib.request


class Forms(html.parser.HTMLParser):
    """Collects the forms of a page: where they go, and their fields."""

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append({"action": attrs.get("action", ""), "fields": {}})
        elif tag == "input" and self.forms and attrs.get("name"):
            self.forms[-1]["fields"][attrs["name"]] = attrs.get("value", "")


def main():
    url = sys.argv[1]
    person = os.environ.get("SIGN_IN_AS", "ada@example.com")
    if person == "nobody":
        return
    # Traffic stays on this machine, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=20) as page:
        forms = Forms()
        forms.feed(page.read().decode())
        where = page.url
    chosen = [f for f in forms.forms if f["fields"].get("email") == person]
    if not chosen:
        sys.exit(f"the sign-in page does not offer {person}")
    form = chosen[0]
    empty = os.environ.get("LEAVE_EMPTY")
    if empty:
        scopes = form["fields"]["scope"].split()
        form["fields"]["scope"] = " ".join(s for s in scopes if not s.endswith(empty))
    data = urllib.parse.urlencode(form["fields"]).encode()
    with opener.open(urllib.parse.urljoin(where, form["action"]), data, timeout=20) as page:
        print(page.url.split("?")[0], page.status)


main()
