from __future__ import annotations

import pytest


@pytest.fixture
def bcrypt(load):
    return load("ceph_mgr_python/files/bcrypt.py")


def test_hashes_as_bcrypt_does(bcrypt):
    # A vector of the original implementation.
    salt = b"$2a$06$DCq7YPn5Rq63x1Lad4cll."
    assert bcrypt.hashpw(b"", salt) == b"$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."


def test_accepts_the_right_password_only(bcrypt):
    hashed = bcrypt.hashpw("pässword".encode(), bcrypt.gensalt(4))
    assert bcrypt.checkpw("pässword".encode(), hashed)
    assert not bcrypt.checkpw(b"other", hashed)


def test_salts_differ_and_name_their_rounds(bcrypt):
    salts = {bcrypt.gensalt(7) for _ in range(5)}
    assert len(salts) == 5
    assert all(salt.startswith(b"$2b$07$") and len(salt) == 29 for salt in salts)


def test_refuses_what_bcrypt_refuses(bcrypt):
    with pytest.raises(ValueError, match="null byte"):
        bcrypt.hashpw(b"a\0b", bcrypt.gensalt(4))
    with pytest.raises(ValueError, match="Invalid salt"):
        bcrypt.hashpw(b"a", b"$2b$04$short")
