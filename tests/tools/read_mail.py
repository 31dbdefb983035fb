#!/usr/bin/env python3
"""`read_mail.py GMAIL_URL TOKEN`: fetches the mails that a Gmail server has in Sent, and prints
as JSON what Python's own parser, which shares no code with Draftwell, finds in them.
`read_mail.py FILE.eml`: the same for a mail file.
"""

import base64
import email
import email.policy
import html.parser
import json
import sys
import urllib.request


class Page(html.parser.HTMLParser):
    """What a reader of the HTML part gets to see."""

    def __init__(self):
        super().__init__()
        self.links, self.items, self.bold, self.images, self.text = [], [], [], [], []
        self.open = []

    BLOCKS = {"p", "div", "br", "li", "ul", "ol", "blockquote", "pre", "hr", "tr", "h1", "h2", "h3"}

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in self.BLOCKS:
            self.text.append("\n")
        if tag == "a":
            self.links.append([attrs.get("href", ""), ""])
        elif tag == "li":
            self.items.append("")
        elif tag in ("strong", "b"):
            self.bold.append("")
        elif tag == "img":
            self.images.append(attrs.get("src", ""))
        if tag not in ("img", "br", "hr", "meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in self.BLOCKS:
            self.text.append("\n")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data):
        if "style" in self.open or "title" in self.open:
            return
        self.text.append(data)
        if "a" in self.open:
            self.links[-1][1] += data
        if "li" in self.open:
            self.items[-1] += data
        if {"strong", "b"} & set(self.open):
            self.bold[-1] += data


def addresses(message, name):
    header = message[name]
    return [[a.display_name, a.addr_spec] for a in header.addresses] if header else []


def describe(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = {}
    attachments = []
    defects = [repr(d) for d in message.defects]
    for part in message.walk():
        defects += [repr(d) for d in part.defects]
        for header in part.values():
            defects += [repr(d) for d in getattr(header, "defects", ())]
        kind = part.get_content_type()
        if part.is_multipart():
            continue
        if kind in ("text/plain", "text/html") and not part.is_attachment():
            parts[kind] = part.get_content()
        else:
            attachments.append(
                {
                    "type": kind,
                    "name": part.get_filename(),
                    "id": part["content-id"],
                    "size": len(part.get_payload(decode=True) or b""),
                }
            )
    page = Page()
    page.feed(parts.get("text/html", ""))
    lines = raw.split(b"\r\n")
    return {
        "subject": message["subject"],
        "from": addresses(message, "from"),
        "to": addresses(message, "to"),
        "cc": addresses(message, "cc"),
        "bcc": addresses(message, "bcc"),
        "date": message["date"].datetime.timestamp() if message["date"] else None,
        "messageId": message["message-id"],
        "headers": [name for name in message.keys()],
        "structure": [p.get_content_type() for p in message.walk()],
        "plain": parts.get("text/plain"),
        "html": parts.get("text/html"),
        "seen": {
            "text": " ".join("".join(page.text).split()),
            "links": page.links,
            "items": [" ".join(i.split()) for i in page.items],
            "bold": page.bold,
            "images": page.images,
        },
        "attachments": attachments,
        "defects": defects,
        # None of the parsers minds these, so look at the bytes.
        "bareLineFeeds": sum(line.count(b"\n") + line.count(b"\r") for line in lines),
        "longestLine": max(len(line) for line in lines),
        "size": len(raw),
    }


def main():
    if len(sys.argv) == 2:
        with open(sys.argv[1], "rb") as file:
            json.dump(describe(file.read()), sys.stdout)
        return
    base, token = sys.argv[1], sys.argv[2]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(path):
        request = urllib.request.Request(base + path, headers={"Authorization": f"Bearer {token}"})
        with opener.open(request, timeout=20) as answer:
            return json.load(answer)

    found = get("/gmail/v1/users/me/messages?labelIds=SENT&maxResults=100").get("messages", [])
    mails = []
    for entry in found:
        raw = get(f"/gmail/v1/users/me/messages/{entry['id']}?format=raw")["raw"]
        raw = base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))
        mails.append(describe(raw))
    drafts = get("/gmail/v1/users/me/drafts").get("drafts", [])
    json.dump({"sent": mails, "drafts": len(drafts)}, sys.stdout)


main()
