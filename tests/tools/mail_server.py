#!/usr/bin/env python3
"""Postfix, with Dovecot to check passwords, until standard input ends.

    mail_server.py FOLDER [--certificate FILE --key FILE] [--userinfo URL]

Takes mails for anybody from who logs in as ada@example.com with the password "sesame", or with an
OAuth token for which URL says that it is hers, and puts them into the Maildir FOLDER/mail/inbox,
one copy for each recipient of the envelope, named in Delivered-To. Mails to nobody@refused.example
are refused. Postfix judges strictly: 8-bit headers, bodies that aren't what they say, bare line
feeds are refused. Nothing leaves this machine, and nothing of its own configuration is read.

When both servers listen, it prints their ports as JSON: `clear` (no TLS), `login` (the same with
AUTH LOGIN alone), `small` (the same for mails up to 20,000 bytes), and with a certificate
`starttls` and `tls`. Has to be started as root, through sudo if need be: Postfix changes users.
"""
import argparse
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DOVECOT = """
base_dir = {folder}/dovecot
state_dir = {folder}/dovecot
log_path = {folder}/log/dovecot.log
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login{oauth_mechanisms}
# Wrong passwords are answered at once.
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = {folder}/users
  mechanisms = plain login
}}
{oauth}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail allow_all_users=yes
}}
service auth {{
  unix_listener {folder}/spool/private/auth {{
    mode = 0666
  }}
}}
"""

OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth.conf
}}
"""

POSTFIX = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/log/postfix.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test
mydestination =
alias_maps =
local_recipient_maps =
default_transport = error:nothing leaves this machine
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:inbox/
virtual_mailbox_base = {folder}/mail
virtual_mailbox_limit = 0
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access inline:{{refused.example=REJECT}}, permit_sasl_authenticated, reject
message_size_limit = 36700160
# A judge of what we write.
strict_7bit_headers = yes
strict_8bitmime_body = yes
strict_mime_encoding_domain = yes
strict_rfc821_envelopes = yes
# "yes" would mend them, and what comes from this machine is excepted.
smtpd_forbid_bare_newline = reject
smtpd_forbid_bare_newline_exclusions =
# It mends nothing: what arrives is what came, a Bcc that should not have been there included.
local_header_rewrite_clients =
message_drop_headers =
# Kills are answered within the time of a test.
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
"""

TLS = """
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
"""

SERVICES = """
{clear} inet n - n - - smtpd
  -o smtpd_tls_security_level=none
{login} inet n - n - - smtpd
  -o smtpd_tls_security_level=none
  -o smtpd_sasl_mechanism_filter=login
{small} inet n - n - - smtpd
  -o smtpd_tls_security_level=none
  -o message_size_limit=20000
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

TLS_SERVICES = """
{starttls} inet n - n - - smtpd
  -o smtpd_tls_auth_only=yes
{tls} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
"""

# As Postfix makes them at its first start.
SPOOL = "active bounce corrupt defer deferred flush hold incoming private public pid saved trace maildrop"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--certificate")
    arguments.add_argument("--key")
    arguments.add_argument("--userinfo")
    given = arguments.parse_args()
    folder = given.folder.resolve()
    if os.geteuid() != 0:
        sys.exit("Postfix has to be started as root.")
    for program in ["/usr/lib/postfix/sbin/master", "/usr/sbin/dovecot"]:
        if not Path(program).exists():
            sys.exit(f"{program} is missing: .ci/packages test")

    names = ["clear", "login", "small"]
    if given.certificate:
        names += ["starttls", "tls"]
    ports = dict(zip(names, free_ports(len(names))))
    write(folder, given, ports)
    servers = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        servers.append(subprocess.Popen(["dovecot", "-F", "-c", folder / "dovecot.conf"], stdin=subprocess.DEVNULL))
        wait_for(lambda: (folder / "spool/private/auth").exists(), servers)
        # -d: it stays in the foreground.
        master = ["/usr/lib/postfix/sbin/master", "-d", "-c", folder / "etc"]
        servers.append(subprocess.Popen(master, stdin=subprocess.DEVNULL, start_new_session=True))
        wait_for(lambda: all(map(listens, ports.values())), servers)
        print(json.dumps(ports), flush=True)
        sys.stdin.read()
    finally:
        for server in reversed(servers):
            server.terminate()
        for server in servers:
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
        if "SUDO_UID" in os.environ:
            give_away(folder)


def write(folder, given, ports):
    user, postfix = reader(), pwd.getpwnam("postfix")
    for name in ["dovecot", "mail", "log", "etc", "data", "spool"]:
        (folder / name).mkdir(parents=True)
    # Its servers change users and must get there.
    for place in [folder, *folder.parents]:
        if Path(tempfile.gettempdir()).resolve() in place.parents:
            place.chmod(place.stat().st_mode | 0o011)
    os.chown(folder / "mail", user.pw_uid, user.pw_gid)
    os.chown(folder / "data", postfix.pw_uid, postfix.pw_gid)
    for name in SPOOL.split():
        (folder / "spool" / name).mkdir()
        if name != "pid":
            os.chown(folder / "spool" / name, postfix.pw_uid, -1)
    (folder / "users").write_text("ada@example.com:{PLAIN}sesame\n")
    values = {
        "folder": folder,
        "uid": user.pw_uid,
        "gid": user.pw_gid,
        "certificate": given.certificate,
        "key": given.key,
        "oauth": "",
        "oauth_mechanisms": "",
        **ports,
    }
    if given.userinfo:
        values["oauth"] = OAUTH.format(**values)
        values["oauth_mechanisms"] = " xoauth2 oauthbearer"
        (folder / "oauth.conf").write_text(
            "introspection_mode = auth\n"
            f"introspection_url = {given.userinfo}\n"
            "username_attribute = email\n"
            "force_introspection = yes\n"
            "tokeninfo_url =\n"
        )
    main_cf, master_cf = POSTFIX.format(**values), SERVICES.format(**values)
    if given.certificate:
        main_cf += TLS.format(**values)
        master_cf += TLS_SERVICES.format(**values)
    (folder / "dovecot.conf").write_text(DOVECOT.format(**values))
    (folder / "etc/main.cf").write_text(main_cf)
    (folder / "etc/master.cf").write_text(master_cf)
    for name in ["dynamicmaps.cf"]:
        if Path("/etc/postfix", name).exists():
            shutil.copy(Path("/etc/postfix", name), folder / "etc")


def reader():
    """Who started this reads the mails, also through sudo. Postfix delivers nothing as root."""
    uid = int(os.environ.get("SUDO_UID", 0))
    return pwd.getpwuid(uid) if uid else pwd.getpwnam("nobody")


def give_away(folder):
    """Everything becomes theirs who have to remove it."""
    user = reader()
    for place in [folder, *folder.rglob("*")]:
        os.chown(place, user.pw_uid, user.pw_gid, follow_symlinks=False)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def wait_for(condition, servers):
    until = time.monotonic() + 60
    while not condition():
        for server in servers:
            if server.poll() is not None:
                sys.exit(f"{server.args[0]} ended")
        if time.monotonic() > until:
            sys.exit("The mail server doesn't start.")
        time.sleep(0.02)


if __name__ == "__main__":
    main()
