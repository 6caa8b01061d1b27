#!/usr/bin/python
# Runs on every supported host: Python 3.6 or newer, standard library and the openssl command.


DOCUMENTATION = r"""
---
module: certificate
short_description: Certificates of a small authority; keys never leave the host that made them
description:
  - C(authority) makes a key and a certificate of an authority where they are missing. For the controller.
  - C(request) makes a host's key where it is missing, looks at its certificate, and returns a signing request with the
    reason when it needs a new one. The key stays on the host.
  - C(sign) answers a request with a certificate. For the controller.
options:
  action:
    description: What to do.
    type: str
    choices: [authority, request, sign]
    required: true
  key:
    description: Path of the authority's or the host's key; made with mode 0600.
    type: path
    required: true
  group:
    description: Group that may read the host's key. Empty for root only.
    type: str
    default: ""
  certificate:
    description: Path of the authority's or the host's certificate. Written by C(authority) only.
    type: path
    required: true
  subject:
    description: Common name, cut at 64 characters. C(request) takes the first of names when it is empty.
    type: str
    default: ""
  usage:
    description: What the certificate is good for, and nothing else.
    type: str
    choices: [server, client]
    default: server
  days:
    description: How long the certificate is valid.
    type: int
    default: 397
  names:
    description: DNS names and addresses that the certificate is for.
    type: list
    elements: str
    default: []
  renew_before_days:
    description: A certificate with fewer days left is renewed.
    type: int
    default: 30
  authority:
    description: The authority's certificate, as text, that the host's must come from.
    type: str
    default: ""
  request:
    description: A signing request, as text.
    type: str
    default: ""
author:
  - kube-magic (@kube-magic)
"""

EXAMPLES = r"""
- name: See whether the registry needs a certificate
  kube_magic.cluster.certificate:
    action: request
    key: /etc/registry/tls.key
    certificate: /etc/registry/tls.crt
    names: [registry.example.com, 192.0.2.5]
    authority: "{{ ca.content }}"
"""

RETURN = r"""
content:
  description: The certificate, as text. Of C(authority) and C(sign).
  type: str
  returned: success
reason:
  description: Why a new certificate is needed, empty when the present one is good. Of C(request).
  type: str
  returned: success
csr:
  description: Signing request, as text, when there is a reason. Of C(request).
  type: str
  returned: success
"""

import ipaddress
import os
import re

from ansible.module_utils.basic import AnsibleModule

NAME = re.compile(r"^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$")


def read(path):
    """The file's text; empty when it is not there."""
    try:
        with open(path) as stream:
            return stream.read()
    except OSError:
        return ""


def canonical(name):
    """One spelling for each name or address."""
    try:
        return "IP:" + str(ipaddress.ip_address(name))
    except ValueError:
        return "DNS:" + name.lower()


class Certificate:
    def __init__(self, module):
        self.module = module
        self.params = module.params
        self.tool = module.get_bin_path("openssl")
        if self.tool is None:
            module.fail_json(msg="The command openssl is not installed here; install the package openssl.")
        os.umask(0o077)
        for name in self.params["names"]:
            if canonical(name).startswith("DNS:") and not NAME.match(name.lower()):
                module.fail_json(msg=f"{name!r} can be no name of a certificate")
        if not re.match(r"^[A-Za-z0-9 ._-]*$", self.params["subject"]):
            module.fail_json(msg="{!r} can be no common name".format(self.params["subject"]))

    def openssl(self, *arguments, **options):
        code, out, err = self.module.run_command([self.tool, *list(arguments)], data=options.get("data"))
        if code != 0 and not options.get("may_fail"):
            self.module.fail_json(msg=f"openssl {arguments[0]}: {err.strip() or out.strip()}")
        return out if code == 0 else None

    def temporary(self, name, text):
        path = os.path.join(self.module.tmpdir, name)
        with open(path, "w") as stream:
            stream.write(text)
        return path

    def place(self, path, text):
        """In one move, readable for its owner only."""
        self.module.atomic_move(self.temporary("made", text), path)

    def make_key(self):
        """True when it had to be made; one that is cut off counts as missing nowhere, but fails here."""
        if os.path.exists(self.params["key"]):
            self.openssl("pkey", "-in", self.params["key"], "-noout")
            return False
        if not self.module.check_mode:
            key = self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
            self.place(self.params["key"], key)
        return True

    # -- on the controller

    def authority(self):
        made = self.make_key()
        path = self.params["certificate"]
        present = read(path)
        if present and not made:
            if self.key_of_certificate(path) != self.key_of_key():
                self.module.fail_json(
                    msg="{} does not belong to {}: restore the pair from a backup, or remove both".format(
                        path, self.params["key"]
                    )
                )
            if self.openssl("x509", "-in", path, "-noout", "-checkend", "0", may_fail=True) is None:
                self.module.fail_json(msg=f"{path} has expired: remove it together with its key, and deploy post again")
            self.module.exit_json(changed=False, content=present)
        if self.module.check_mode:
            self.module.exit_json(changed=True, content=present)
        config = self.temporary(
            "authority.cnf",
            "[req]\nprompt = no\ndistinguished_name = name\nx509_extensions = extensions\n[name]\nCN = {}\n[extensions]\n"
            "basicConstraints = critical, CA:TRUE, pathlen:0\nkeyUsage = critical, keyCertSign, cRLSign\n"
            "subjectKeyIdentifier = hash\n".format(self.params["subject"][:64]),
        )
        content = self.openssl(
            "req",
            "-x509",
            "-new",
            "-sha256",
            "-key",
            self.params["key"],
            "-days",
            str(self.params["days"]),
            "-config",
            config,
        )
        self.place(path, content)
        self.module.exit_json(changed=True, content=content)

    def sign(self):
        names = ", ".join(canonical(name) for name in self.params["names"])
        extensions = self.temporary(
            "extensions.cnf",
            "basicConstraints = critical, CA:FALSE\nkeyUsage = critical, digitalSignature\n"
            "extendedKeyUsage = {}Auth\nsubjectKeyIdentifier = hash\nauthorityKeyIdentifier = keyid\n{}".format(
                self.params["usage"], f"subjectAltName = {names}\n" if names else ""
            ),
        )
        content = self.openssl(
            "x509",
            "-req",
            "-sha256",
            "-in",
            self.temporary("request.pem", self.params["request"]),
            "-CA",
            self.params["certificate"],
            "-CAkey",
            self.params["key"],
            "-set_serial",
            "0x40" + os.urandom(15).hex(),
            "-days",
            str(self.params["days"]),
            "-extfile",
            extensions,
        )
        self.module.exit_json(changed=True, content=content)

    # -- on the host

    def key_of_key(self):
        return self.openssl("pkey", "-in", self.params["key"], "-pubout")

    def key_of_certificate(self, path):
        return self.openssl("x509", "-in", path, "-noout", "-pubkey", may_fail=True)

    def names_of(self, path):
        text = self.openssl("x509", "-in", path, "-noout", "-ext", "subjectAltName", may_fail=True) or ""
        found = re.findall(r"(?:DNS|IP Address):([^,\s]+)", text)
        return {canonical(name) for name in found}

    def why_new(self, made):
        path = self.params["certificate"]
        if made:
            return "the key is new"
        if not os.path.exists(path):
            return "there is none"
        if self.key_of_certificate(path) is None:
            return "it cannot be read"
        if self.key_of_certificate(path) != self.key_of_key():
            return "it belongs to another key"
        authority = self.temporary("authority.pem", self.params["authority"])
        # Expiry is looked at below.
        if self.openssl("verify", "-no_check_time", "-CAfile", authority, path, may_fail=True) is None:
            return "it comes from another authority"
        purpose = "ssl" + self.params["usage"]
        if (
            self.openssl("verify", "-no_check_time", "-purpose", purpose, "-CAfile", authority, path, may_fail=True)
            is None
        ):
            return "its usage changed"
        if self.names_of(path) != {canonical(name) for name in self.params["names"]}:
            return "its names changed"
        seconds = self.params["renew_before_days"] * 86400
        if self.openssl("x509", "-in", path, "-noout", "-checkend", str(seconds), may_fail=True) is None:
            return "it has less than %d days left" % self.params["renew_before_days"]
        return ""

    def let_group_read(self):
        """True when owner, group or mode of the key had to be changed."""
        if not self.params["group"] or not os.path.exists(self.params["key"]):
            return False
        key = self.params["key"]
        changed = self.module.set_owner_if_different(key, "root", False)
        changed = self.module.set_group_if_different(key, self.params["group"], changed)
        return self.module.set_mode_if_different(key, "0640", changed)

    def request(self):
        if self.module.check_mode and not os.path.exists(self.params["key"]):
            self.module.exit_json(changed=True, reason="there is no key yet", csr="")
        made = self.make_key()
        opened = self.let_group_read()
        reason = self.why_new(made)
        csr = ""
        if reason:
            subject = (self.params["subject"] or self.params["names"][0])[:64]
            config = self.temporary(
                "request.cnf", f"[req]\nprompt = no\ndistinguished_name = name\n[name]\nCN = {subject}\n"
            )
            csr = self.openssl("req", "-new", "-sha256", "-key", self.params["key"], "-config", config)
        self.module.exit_json(changed=made or opened, reason=reason, csr=csr)


def main():
    module = AnsibleModule(
        argument_spec={
            "action": {"type": "str", "required": True, "choices": ["authority", "request", "sign"]},
            "key": {"type": "path", "required": True, "no_log": False},
            "certificate": {"type": "path", "required": True},
            "subject": {"type": "str", "default": ""},
            "days": {"type": "int", "default": 397},
            "group": {"type": "str", "default": ""},
            "usage": {"type": "str", "default": "server", "choices": ["server", "client"]},
            "names": {"type": "list", "elements": "str", "default": []},
            "renew_before_days": {"type": "int", "default": 30},
            "authority": {"type": "str", "default": ""},
            "request": {"type": "str", "default": ""},
        },
        supports_check_mode=True,
    )
    getattr(Certificate(module), module.params["action"])()


if __name__ == "__main__":
    main()
