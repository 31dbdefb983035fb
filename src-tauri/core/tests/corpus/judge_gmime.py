#!/usr/bin/python3
"""`judge_gmime.py FOLDER`: as judge_python.py, with GMime, the parser of GNOME's mail programs.

It runs under the system's Python, which has the binding (Debian: gir1.2-gmime-3.0, python3-gi).
"""

import json
import pathlib
import sys

import gi

gi.require_version("GMime", "3.0")
from gi.repository import GMime  # noqa: E402


def addresses(message, kind):
    found = message.get_addresses(kind)
    if found is None:
        return []
    boxes = [found.get_address(i) for i in range(found.length())]
    return [[box.get_name() or "", box.get_idn_addr()] for box in boxes]


def content(part):
    stream = GMime.StreamMem.new()
    part.get_content().write_to_stream(stream)
    return bytes(stream.get_byte_array() or b"")


def leaves(part):
    if isinstance(part, GMime.Multipart):
        for i in range(part.get_count()):
            yield from leaves(part.get_part(i))
    else:
        yield part


def kind_of(part):
    kind = part.get_content_type()
    return f"{kind.get_media_type()}/{kind.get_media_subtype()}"


def judge(raw, wanted):
    stream = GMime.StreamMem.new_with_buffer(raw)
    message = GMime.Parser.new_with_stream(stream).construct_message(None)
    if message is None:
        yield "no message"
        return
    for field, kind in (
        ("from", GMime.AddressType.FROM),
        ("to", GMime.AddressType.TO),
        ("cc", GMime.AddressType.CC),
        ("bcc", GMime.AddressType.BCC),
    ):
        found = addresses(message, kind)
        if found != wanted[field]:
            yield f"{field}: {found} instead of {wanted[field]}"
    if (message.get_subject() or "") != wanted["subject"]:
        yield f"subject: {message.get_subject()!r} instead of {wanted['subject']!r}"
    if f"<{message.get_message_id()}>" != wanted["messageId"]:
        yield f"message-id: {message.get_message_id()}"
    texts, files = {}, []
    for part in leaves(message.get_mime_part()):
        kind, data = kind_of(part), content(part)
        is_file = part.is_attachment()
        if is_file or part.get_content_id():
            name = part.get_filename() if is_file else part.get_content_id()
            files.append([name, kind, data.hex()])
        else:
            texts[kind] = data.decode().replace("\r\n", "\n")
    for kind in ("text/plain", "text/html"):
        if texts.get(kind, "").rstrip("\n") != wanted[kind].rstrip("\n"):
            yield f"{kind}: {texts.get(kind)!r} instead of {wanted[kind]!r}"
    if files != wanted["files"]:
        short = [[n, k, len(b) // 2] for n, k, b in files]
        yield f"files: {short} instead of {[[n, k, len(b) // 2] for n, k, b in wanted['files']]}"


def main():
    GMime.init()
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.eml")):
        wanted = json.loads(path.with_suffix(".json").read_text())
        for problem in judge(path.read_bytes(), wanted):
            print(f"{path.stem}: {problem}"[:600])


main()
