#!/usr/bin/env python3
"""`judge_python.py FOLDER`: reads each NAME.eml of the folder with Python's own parser, compares it
with what NAME.json says was composed, and prints what differs, one line each."""

import email
import email.policy
import html.parser
import itertools
import json
import pathlib
import sys


def addresses(message, name):
    header = message[name]
    return [[a.display_name, a.addr_spec] for a in header.addresses] if header else []


def unspaced(people):
    """Python 3.11 puts a blank between two encoded words of a name, where RFC 2047 (6.2) has none;
    the other judges compare names to the letter."""
    return [[name.replace(" ", ""), address] for name, address in people]


def defects(message):
    for part in message.walk():
        yield from part.defects
        for header in part.values():
            yield from getattr(header, "defects", ())


def same_lines(a, b):
    """Whether a part's last line is ended depends on its encoding; nobody sees it."""
    return a.replace("\r\n", "\n").rstrip("\n") == b.rstrip("\n")


class Outline(html.parser.HTMLParser):
    """What a page shows: for each piece of text the elements it stands in, and the text."""

    IGNORED = {"html", "head", "body", "div", "tbody"}
    EMPTY = {"meta", "br", "img", "hr"}
    # Their text may run either way, and a reader's program is told to see for itself.
    BLOCKS = {"p", "h1", "h2", "h3", "ul", "ol", "li", "blockquote", "pre", "table", "th", "td"}

    def __init__(self):
        super().__init__()
        self.inside, self.lines, self.undirected = [], [], set()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in self.BLOCKS and attrs.get("dir") != "auto":
            self.undirected.add(tag)
        what = attrs.get("href") or attrs.get("src") or attrs.get("start")
        shown = f"{tag} {what}" if what else tag
        if tag not in self.EMPTY:
            self.inside.append((tag, shown))
        elif tag != "meta":
            self.lines.append(">".join([*self.path(), shown]))

    def handle_endtag(self, tag):
        if tag not in self.EMPTY and (not self.inside or self.inside.pop()[0] != tag):
            self.lines.append(f"</{tag}> out of place")

    def handle_data(self, data):
        text = " ".join(data.split(None) if "\xa0" not in data else [data.strip()])
        if text:
            self.lines.append(f"{'>'.join(self.path())}: {text}")

    def path(self):
        return [shown for tag, shown in self.inside if tag not in self.IGNORED]


def shown(page):
    outline = Outline()
    outline.feed(page)
    outline.close()
    return outline


def judge(raw, wanted):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for defect in defects(message):
        yield f"defect {defect!r}"
    for field in ("from", "to", "cc", "bcc"):
        found = addresses(message, field)
        if unspaced(found) != unspaced(wanted[field]):
            yield f"{field}: {found} instead of {wanted[field]}"
    if (message["subject"] or "") != wanted["subject"]:
        yield f"subject: {message['subject']!r} instead of {wanted['subject']!r}"
    if message["message-id"] != wanted["messageId"]:
        yield f"message-id: {message['message-id']}"
    references = (message["references"] or "").split()
    if references != wanted["references"]:
        yield f"references: {references}"
    shape = [part.get_content_type() for part in message.walk()]
    if shape != wanted["shape"]:
        yield f"structure: {shape} instead of {wanted['shape']}"
    if any(name.lower().startswith("x-") for name in message.keys()):
        yield f"private headers: {message.keys()}"
    texts, files = {}, []
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart():
            continue
        is_file = part.get_content_disposition() == "attachment"
        is_image = part["content-id"] is not None
        if is_file or is_image:
            name = part.get_filename() if is_file else part["content-id"].strip("<>")
            files.append([name, kind, part.get_payload(decode=True).hex()])
        else:
            texts[kind] = part.get_content()
    for kind in ("text/plain", "text/html"):
        if not same_lines(texts.get(kind, ""), wanted[kind]):
            yield f"{kind}: {texts.get(kind)!r} instead of {wanted[kind]!r}"
    if "outline" in wanted:
        found = shown(texts.get("text/html", ""))
        for pair in itertools.zip_longest(found.lines, wanted["outline"]):
            if pair[0] != pair[1]:
                yield f"shown: {pair[0]!r} instead of {pair[1]!r}"
        if found.undirected:
            yield f"no direction of its own: {found.undirected}"
    if files != wanted["files"]:
        short = [[n, k, len(b) // 2] for n, k, b in files]
        yield f"files: {short} instead of {[[n, k, len(b) // 2] for n, k, b in wanted['files']]}"


def main():
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml")):
        wanted = json.loads(path.with_suffix(".json").read_text())
        for problem in judge(path.read_bytes(), wanted):
            print(f"{path.stem}: {problem}"[:600])


main()
