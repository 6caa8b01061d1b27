from __future__ import annotations

import datetime
import os
import subprocess

import pytest
from ansible_collections.kube_magic.cluster.plugins.modules import certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

NAMES = ["registry.example.com", "192.0.2.5", "2001:db8::5"]


@pytest.fixture(autouse=True)
def umask():
    """The module tightens the umask of its process, which is ours here."""
    before = os.umask(0o022)
    yield
    os.umask(before)


class Site:
    """An authority on a controller, and a host that asks it."""

    def __init__(self, folder, run_module):
        self.folder = folder
        self.run_module = run_module
        self.pair = {"key": str(folder / "ca.key"), "certificate": str(folder / "ca.crt")}
        self.host = {"key": str(folder / "tls.key"), "certificate": str(folder / "tls.crt"), "names": NAMES}

    def authority(self, **options):
        return self.run_module(certificate, action="authority", **{**self.pair, "subject": "test", **options})

    def request(self, **options):
        authority = (self.folder / "ca.crt").read_text()
        return self.run_module(certificate, action="request", **{**self.host, "authority": authority, **options})

    def sign(self, csr, **options):
        return self.run_module(certificate, action="sign", **{**self.pair, "names": NAMES, "request": csr, **options})

    def issue(self, **options):
        signed = self.sign(self.request(**{k: v for k, v in options.items() if k != "days"})["csr"], **options)
        (self.folder / "tls.crt").write_text(signed["content"])


@pytest.fixture
def site(tmp_path, run_module):
    made = Site(tmp_path, run_module)
    made.authority()
    return made


def openssl(*words):
    return subprocess.run(["openssl", *words], capture_output=True, text=True, check=True).stdout


def test_makes_an_authority_once(tmp_path, run_module):
    site = Site(tmp_path, run_module)
    first = site.authority()
    assert first["changed"]
    assert os.stat(tmp_path / "ca.key").st_mode & 0o777 == 0o600
    shown = openssl("x509", "-in", str(tmp_path / "ca.crt"), "-noout", "-text")
    assert "CA:TRUE, pathlen:0" in shown
    assert site.authority() == {"changed": False, "content": first["content"]}


def test_refuses_a_certificate_of_another_key(site):
    (site.folder / "ca.key").write_text(openssl("genpkey", "-algorithm", "ED25519"))
    assert "does not belong to" in site.authority()["msg"]


def test_refuses_an_expired_authority(site):
    key = serialization.load_pem_private_key((site.folder / "ca.key").read_bytes(), None)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    day = datetime.timedelta(days=1)
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - 2 * day, now - day)
    expired = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (site.folder / "ca.crt").write_bytes(expired)
    assert "has expired" in site.authority()["msg"]


def test_issues_a_certificate_that_a_client_accepts(site):
    first = site.request()
    assert first["changed"]
    assert first["reason"] == "the key is new"
    site.issue()
    shown = openssl("x509", "-in", str(site.folder / "tls.crt"), "-noout", "-text")
    assert "TLS Web Server Authentication" in shown
    assert "DNS:registry.example.com" in shown
    ca, crt = str(site.folder / "ca.crt"), str(site.folder / "tls.crt")
    assert openssl("verify", "-CAfile", ca, "-verify_hostname", NAMES[0], crt).strip().endswith("OK")
    assert site.request() == {"changed": False, "reason": "", "csr": ""}


def damage_key(site):
    (site.folder / "tls.key").write_text(openssl("genpkey", "-algorithm", "ED25519"))


def other_authority(site):
    for name in ("ca.key", "ca.crt"):
        (site.folder / name).unlink()
    site.authority(subject="another")


@pytest.mark.parametrize(
    ("change", "options", "reason"),
    [
        (lambda site: (site.folder / "tls.crt").unlink(), {}, "there is none"),
        (lambda site: (site.folder / "tls.crt").write_text("x"), {}, "it cannot be read"),
        (damage_key, {}, "it belongs to another key"),
        (other_authority, {}, "it comes from another authority"),
        (lambda _site: None, {"usage": "client"}, "its usage changed"),
        (lambda _site: None, {"names": [*NAMES, "new.example.com"]}, "its names changed"),
        (lambda _site: None, {"renew_before_days": 500}, "it has less than 500 days left"),
    ],
)
def test_asks_for_another_certificate(site, change, options, reason):
    site.issue()
    change(site)
    result = site.request(**options)
    assert result["reason"] == reason
    assert result["csr"].startswith("-----BEGIN CERTIFICATE REQUEST-----")


def test_names_in_another_spelling_are_the_same(site):
    site.issue()
    assert site.request(names=["REGISTRY.example.com", "192.0.2.5", "2001:DB8:0::5"])["reason"] == ""


def test_refuses_a_damaged_key(site):
    (site.folder / "tls.key").write_text("-----BEGIN PRIVATE KEY-----\n")
    assert site.request()["msg"].startswith("openssl pkey:")


@pytest.mark.parametrize("name", ["a b", "x\nsubjectAltName=DNS:evil", "-a.example", "a..b"])
def test_refuses_a_name_that_could_be_more(site, name):
    assert "can be no name of a certificate" in site.request(names=[name])["msg"]


def test_refuses_a_subject_that_could_be_more(site):
    assert "can be no common name" in site.request(subject="x\nCN=y")["msg"]


def test_check_mode_makes_nothing(tmp_path, run_module):
    site = Site(tmp_path, run_module)
    assert site.authority(check=True) == {"changed": True, "content": ""}
    assert not (tmp_path / "ca.key").exists()
    site.authority()
    assert site.request(check=True) == {"changed": True, "reason": "there is no key yet", "csr": ""}
    assert not (tmp_path / "tls.key").exists()


def test_needs_openssl(site, monkeypatch):
    monkeypatch.setattr(certificate.AnsibleModule, "get_bin_path", lambda *_args, **_options: None)
    assert "install the package openssl" in site.request()["msg"]
