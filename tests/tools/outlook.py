#!/usr/bin/env python3
"""`outlook.py [--identity URL]`: a mailbox behind Microsoft Graph, as far as sending goes.

Listens on 127.0.0.1, prints its port, and behaves as the reference says Graph does
(learn.microsoft.com/graph/api, `message`): drafts from MIME or JSON, immutable ids only for those
who ask for them, attachments and upload sessions with their limits, sending that is accepted first
and filed a little later. Where the reference is silent it is the worse opponent: Bcc in a MIME
header stays there for everybody to see and nobody gets it, and a message that is sent twice goes
out twice.

With `--identity` a token is good if that server knows whose it is (GET /v1.0/me); otherwise any
token is, except those that were called expired.

Tests talk to it under /control: POST /control/faults with a list of what is to go wrong, each
once; GET /control/mailbox tells what became of everything.
"""

import base64
import email
import email.policy
import hashlib
import http.server
import json
import re
import secrets
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

LARGEST_REQUEST = 4 * 1024 * 1024
LARGEST_SMALL_FILE = 3 * 1024 * 1024
LARGEST_PIECE = 4 * 1024 * 1024

lock = threading.Lock()
identity = None
messages = []
uploads = {}
faults = []
expired = set()
# For how many looks the copy of a mail that was sent is not there yet.
hidden_looks = 0


class Message:
    def __init__(self):
        self.immutable = "AAkALg" + secrets.token_urlsafe(30) + "="
        self.mutable = "AAMkAG" + secrets.token_urlsafe(30) + "="
        self.conversation = "AAQkAG" + secrets.token_urlsafe(12)
        self.draft = True
        self.deleted = False
        self.sent = 0
        self.hidden = 0
        self.mime = b""
        self.message_id = None
        self.recipients = {"toRecipients": [], "ccRecipients": [], "bccRecipients": []}
        self.files = []

    def shown(self, immutable):
        return {
            "@odata.etag": 'W/"1"',
            "id": self.immutable if immutable else self.mutable,
            "isDraft": self.draft,
            "conversationId": self.conversation,
            "internetMessageId": self.message_id,
            **self.recipients,
        }

    def told(self):
        return {
            "id": self.immutable,
            "conversation": self.conversation,
            "subject": str(parsed(self.mime)["subject"]),
            "sent": self.sent,
            "deleted": self.deleted,
            "mime": base64.b64encode(self.mime).decode(),
            "files": self.files,
            **{
                kind: [
                    [r["emailAddress"].get("name", ""), r["emailAddress"]["address"]]
                    for r in people
                ]
                for kind, people in self.recipients.items()
            },
        }


class No(Exception):
    """An error in Graph's form."""

    def __init__(self, status, code, message, headers=()):
        super().__init__(message)
        self.status, self.code, self.headers = status, code, dict(headers)


def parsed(mime):
    message = email.message_from_bytes(mime, policy=email.policy.default)
    if not message.keys():
        raise No(400, "ErrorMimeContentInvalid", "The MIME content is invalid.")
    return message


def people(message, header):
    found = message[header]
    return [
        {"emailAddress": {"name": a.display_name or a.addr_spec, "address": a.addr_spec}}
        for a in (found.addresses if found else ())
    ]


def file_of(body):
    data = base64.b64decode(body["contentBytes"], validate=True)
    if len(data) > LARGEST_SMALL_FILE:
        raise No(413, "ErrorMessageSizeExceeded", "The attachment is too large for this request.")
    return described(body, data)


def described(item, data):
    return {
        "name": item["name"],
        "contentType": item.get("contentType"),
        "isInline": item.get("isInline", False),
        "contentId": item.get("contentId"),
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


class Graph(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        path = urllib.parse.urlparse(self.path)
        if path.path.startswith("/control/"):
            self.answer(*self.control(path.path, body))
            return
        fault = self.fault(path.path)
        what = fault.get("what")
        if what == "lose_request":
            self.close_connection = True
            return
        if what == "slow":
            time.sleep(fault["seconds"])
        try:
            if what == "status":
                headers = fault.get("headers", {})
                raise No(fault["status"], fault["code"], "The model server was told to.", headers)
            if what == "expire":
                expired.add(self.headers.get("Authorization"))
            status, shown = self.act(path, body)
            headers = {}
        except No as no:
            status, headers = no.status, no.headers
            shown = {"error": {"code": no.code, "message": str(no), "innerError": {}}}
        if what == "lose_reply":
            self.close_connection = True
            return
        self.answer(status, shown, headers, truncated=what == "truncate")

    def fault(self, path):
        with lock:
            for at, fault in enumerate(faults):
                if fault["method"] == self.command and re.search(fault["path"], path):
                    if fault.get("after", 0) > 0:
                        fault["after"] -= 1
                        return {}
                    return faults.pop(at)
        return {}

    def answer(self, status, shown, headers=None, truncated=False):
        data = b"" if shown is None else json.dumps(shown).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("request-id", secrets.token_hex(8))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if truncated:
            data = data[: len(data) // 2]
            self.close_connection = True
        self.wfile.write(data)

    def control(self, path, body):
        global hidden_looks
        with lock:
            if path == "/control/faults":
                faults.extend(json.loads(body))
                return 200, {}
            if path == "/control/hide":
                hidden_looks = json.loads(body)
                return 200, {}
            if path == "/control/mailbox":
                return 200, [message.told() for message in messages]
        return 404, {}

    def act(self, path, body):
        if path.path.startswith("/upload/"):
            return self.upload(path.path, body)
        me = self.person()
        if len(body) > LARGEST_REQUEST:
            raise No(413, "RequestEntityTooLarge", "The request is too large.")
        parts = [urllib.parse.unquote(part) for part in path.path.split("/")[1:]]
        if parts[:2] != ["v1.0", "me"]:
            raise No(404, "ResourceNotFound", "No such resource.")
        with lock:
            return self.mail(parts[2:], urllib.parse.parse_qs(path.query), body, me)

    def person(self):
        token = self.headers.get("Authorization")
        refused = No(401, "InvalidAuthenticationToken", "Access token is empty or has expired.")
        if not token or not token.startswith("Bearer ") or token in expired:
            raise refused
        if identity is None:
            return {"id": "1", "displayName": "Ada Lovelace", "mail": "ada@example.com"}
        request = urllib.request.Request(identity + "/v1.0/me", headers={"Authorization": token})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=20) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise refused from None

    def mail(self, parts, query, body, me):
        immutable = 'IdType="ImmutableId"' in self.headers.get("Prefer", "")
        match (self.command, *parts):
            case ("GET",):
                return 200, me
            case ("POST", "messages"):
                return 201, self.create(body).shown(immutable)
            case ("GET", "messages"):
                wanted = re.fullmatch(
                    r"internetMessageId eq '(.*)'", query.get("$filter", [""])[0]
                )
                if not wanted:
                    raise No(400, "ErrorInvalidUrlQueryFilter", "The query filter is invalid.")
                message_id = wanted[1].replace("''", "'")
                found = [m for m in messages if m.message_id == message_id and not m.deleted]
                return 200, {"value": [m.shown(immutable) for m in found]}
            case (method, "messages", id, *rest):
                message = self.find(id)
                return self.on(method, message, rest, body, immutable)
        raise No(405, "Request_BadRequest", "No such method.")

    def find(self, id):
        for message in messages:
            if id in (message.immutable, message.mutable) and not message.deleted:
                if message.hidden > 0:
                    message.hidden -= 1
                    break
                return message
        raise No(404, "ErrorItemNotFound", "The specified object was not found in the store.")

    def on(self, method, message, rest, body, immutable):
        match (method, *rest):
            case ("GET",):
                return 200, message.shown(immutable)
            case ("DELETE",):
                message.deleted = True
                return 204, None
            case ("PATCH",):
                message.recipients.update(json.loads(body))
                return 200, message.shown(immutable)
            case ("POST", "attachments"):
                message.files.append(file_of(json.loads(body)))
                return 201, {"id": secrets.token_urlsafe(8)}
            case ("POST", "attachments", "createUploadSession"):
                item = json.loads(body)["AttachmentItem"]
                key = secrets.token_urlsafe(8)
                uploads[key] = (message, item, bytearray())
                host = self.headers["Host"]
                return 201, {
                    "uploadUrl": f"http://{host}/upload/{key}",
                    "expirationDateTime": "2099-01-01T00:00:00Z",
                    "nextExpectedRanges": ["0-"],
                }
            case ("POST", "send"):
                if not any(message.recipients.values()):
                    raise No(400, "ErrorInvalidRecipients", "At least one recipient is needed.")
                message.sent += 1
                message.draft = False
                # Moving gives it another id, unless it is the immutable one.
                message.mutable = "AAMkAG" + secrets.token_urlsafe(30) + "="
                message.hidden = hidden_looks
                return 202, None
        raise No(405, "Request_BadRequest", "No such method.")

    def create(self, body):
        kind = self.headers.get_content_type()
        if kind != "text/plain":
            raise No(415, "RequestBodyRead", "The model server takes MIME only.")
        try:
            mime = base64.b64decode(body, validate=True)
        except ValueError:
            raise No(
                400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content."
            ) from None
        read = parsed(mime)
        message = Message()
        message.mime = mime
        message.message_id = read["message-id"]
        message.recipients["toRecipients"] = people(read, "to")
        message.recipients["ccRecipients"] = people(read, "cc")
        messages.append(message)
        return message

    def upload(self, path, body):
        if self.headers.get("Authorization"):
            raise No(401, "InvalidAuthenticationToken", "An upload takes no token.")
        with lock:
            key = path.removeprefix("/upload/")
            if key not in uploads:
                raise No(404, "ErrorItemNotFound", "The upload session was not found.")
            message, item, data = uploads[key]
            waits = {"nextExpectedRanges": [f"{len(data)}-{item['size'] - 1}"]}
            if self.command == "GET":
                return 200, waits
            span = re.fullmatch(
                r"bytes (\d+)-(\d+)/(\d+)", self.headers.get("Content-Range", "")
            )
            start, end, size = map(int, span.groups()) if span else (-1, -1, -1)
            if len(body) > LARGEST_PIECE or size != item["size"] or end - start + 1 != len(body):
                raise No(400, "InvalidContentRange", "The piece doesn't fit its range.")
            if start != len(data):
                raise No(416, "InvalidRange", "The piece isn't the one expected.")
            data += body
            if len(data) == size:
                del uploads[key]
                message.files.append(described(item, bytes(data)))
                return 201, None
            waits["nextExpectedRanges"] = [f"{len(data)}-{size - 1}"]
            return 200, waits


def main():
    global identity
    if sys.argv[1:2] == ["--identity"]:
        identity = sys.argv[2]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Graph)
    print(server.server_port, flush=True)
    server.serve_forever()


main()
