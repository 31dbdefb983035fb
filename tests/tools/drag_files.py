#!/usr/bin/python3
"""`drag_files.py FILE...`: a small window from which these files can be dragged, as a file manager
would hand them over (`text/uri-list`). It runs until it is ended.
"""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402


def main():
    uris = [pathlib.Path(name).resolve().as_uri() for name in sys.argv[1:]]
    window = Gtk.Window(title="Files to drag", default_width=120, default_height=80)
    window.set_keep_above(True)
    handle = Gtk.EventBox()
    handle.add(Gtk.Label(label=f"{len(uris)} files"))
    handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    handle.drag_source_add_uri_targets()
    handle.connect("drag-data-get", lambda _widget, _drag, data, *_rest: data.set_uris(uris))
    window.add(handle)
    window.connect("destroy", Gtk.main_quit)
    window.move(1140, 700)
    window.show_all()
    Gtk.main()


main()
