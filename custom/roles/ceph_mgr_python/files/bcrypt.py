"""Replaces python3-bcrypt inside ceph-mgr.

Ceph's manager runs each of its modules in a Python subinterpreter, and Debian 13's python3-bcrypt, which is written in
Rust with PyO3, refuses to be imported in any but the first: then no module loads. The manager uses it only to hash
passwords, which the C library can do as well.
"""

import ctypes
import ctypes.util
import hmac
import os

_ALPHABET = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _encode(data):
    """bcrypt's own base64: no padding, another alphabet."""
    result = bytearray()
    bits = int.from_bytes(data, "big")
    length = (len(data) * 8 + 5) // 6
    bits <<= length * 6 - len(data) * 8
    for position in range(length - 1, -1, -1):
        result.append(_ALPHABET[(bits >> (position * 6)) & 63])
    return bytes(result)


def gensalt(rounds=12, prefix=b"2b"):
    return b"$" + prefix + b"$%02d$" % rounds + _encode(os.urandom(16))


def hashpw(password, salt):
    if b"\x00" in password:
        raise ValueError("a password cannot hold a null byte")
    library = ctypes.CDLL(ctypes.util.find_library("crypt") or "libcrypt.so.1")
    library.crypt_rn.restype = ctypes.c_char_p
    data = ctypes.create_string_buffer(32768)
    hashed = library.crypt_rn(password[:72], salt, data, ctypes.c_int(len(data)))
    if hashed is None:
        raise ValueError("Invalid salt")
    return hashed


def checkpw(password, hashed):
    return hmac.compare_digest(hashpw(password, hashed), hashed)
