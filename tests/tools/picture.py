#!/usr/bin/env python3
"""`picture.py FILE.png`: reads a screen as `xwd` writes it from standard input, and keeps it as PNG.

Only what Xvfb has: 24 or 32 bits a pixel, one plane (see X11/XWDFile.h and the PNG standard).
"""

import struct
import sys
import zlib


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def main():
    data = sys.stdin.buffer.read()
    header = struct.unpack(">25I", data[:100])
    size, width, height, order = header[0], header[4], header[5], header[7]
    bits, row, colours = header[11], header[12], header[19]
    if bits not in (24, 32):
        sys.exit(f"{bits} bits a pixel are not known")
    step = bits // 8
    pixels = data[size + colours * 12 :]
    # Least significant byte first: blue, green, red, nothing. Otherwise the other way round.
    red, green, blue = (2, 1, 0) if order == 0 else (step - 3, step - 2, step - 1)
    lines = bytearray()
    for y in range(height):
        line = pixels[y * row : y * row + width * step]
        rgb = bytearray(width * 3)
        rgb[0::3], rgb[1::3], rgb[2::3] = line[red::step], line[green::step], line[blue::step]
        lines += b"\0" + rgb
    with open(sys.argv[1], "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n")
        out.write(chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)))
        out.write(chunk(b"IDAT", zlib.compress(bytes(lines))))
        out.write(chunk(b"IEND", b""))


main()
