"""Puts a mail with files together as Python's email does it, and brings it to the disk.

freeze_mail.py TARGET FILE... prints the seconds that took, from reading the files on.
"""

import os
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP

target, *files = sys.argv[1:]
began = time.perf_counter()
mail = EmailMessage(policy=SMTP)
mail["From"] = "Ada Lovelace <ada@example.com>"
mail["To"] = "bob@example.org"
mail["Subject"] = "With files"
mail.set_content("Here they are.\n")
mail.add_alternative("<p>Here they are.</p>\n", subtype="html")
for number, file in enumerate(files):
    with open(file, "rb") as source:
        mail.add_attachment(
            source.read(),
            maintype="application",
            subtype="pdf",
            filename=f"file {number}.pdf",
        )
with open(target, "wb") as out:
    out.write(mail.as_bytes())
    out.flush()
    os.fsync(out.fileno())
print(time.perf_counter() - began)
