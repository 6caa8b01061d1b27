#!/usr/bin/python
# Runs on every supported host: Python 3.6 or newer, standard library only.


DOCUMENTATION = r"""
---
module: zones
short_description: Zone files of a primary name server, all of them or none
description:
  - Writes one file per zone, removes the files of zones that are gone, and gives a zone whose content changed a
    higher serial. The serial of an unchanged zone stays, so that a second run changes nothing.
  - Every zone is checked with C(named-checkzone) before the first file is replaced. One that does not pass fails the
    task, and all files stay as they were.
  - A new serial is the time in seconds, or one more than the last when that is not less. So it goes up also when the
    old file is lost, when another host becomes primary, and when the clock goes back.
options:
  folder:
    description: Folder of the files, which belongs to this module alone. It must exist unless zones is empty.
    type: path
    required: true
  zones:
    description: Mappings of C(name) and C(records), each of these C(NAME. TYPE VALUE) with absolute names.
    type: list
    elements: dict
    default: []
  ttl:
    description: Seconds for which an answer may be cached.
    type: int
    default: 300
  server:
    description: Name of the primary server, for the SOA record. Not needed without zones.
    type: str
    default: ""
  contact:
    description: Mailbox of the one responsible, as a name.
    type: str
    default: ""
author:
  - kube-magic (@kube-magic)
"""

EXAMPLES = r"""
- name: Write the zones
  kube_magic.cluster.zones:
    folder: /etc/bind/kube-magic
    server: ns1.example.com
    contact: hostmaster.example.com
    zones:
      - name: example.com
        records: ["example.com. NS ns1.example.com.", "ns1.example.com. A 192.0.2.1"]
"""

RETURN = r"""
serials:
  description: Zone to its serial.
  type: dict
  returned: always
files:
  description: Paths of all zone files.
  type: list
  elements: str
  returned: always
"""

import os
import re
import time

from ansible.module_utils.basic import AnsibleModule

MARKER = "; Managed by kube-magic: what is changed here by hand is lost at the next deploy.\n"
SUFFIX = ".zone"
ZONE = re.compile(r"^[a-z0-9_]([a-z0-9._-]{0,252}[a-z0-9_])?$")
# One record, one line: nothing that could begin another line, a comment, a directive or a group in parentheses.
RECORD = re.compile(
    r"^[A-Za-z0-9_*.-]+\. (?:(?:A|AAAA|CNAME|MX|NS|PTR|SRV) [A-Za-z0-9_.: -]+|TXT \"(?:[^\"\\\x00-\x1f\x7f-\U0010ffff]|\\.)*\""
    r"(?: \"(?:[^\"\\\x00-\x1f\x7f-\U0010ffff]|\\.)*\")*)\Z"
)
SERIAL = re.compile(r"^    (\d+) ; serial$", re.M)
LARGEST = 2**32 - 1


def next_serial(last, now):
    """Higher than the last one in the arithmetic of RFC 1982, and not below the time when that is possible."""
    if last is None:
        return now
    if now > last and now - last < 2**31:
        return now
    return 1 if last >= LARGEST else last + 1


def serial_of(text):
    found = SERIAL.search(text)
    return int(found.group(1)) if found else None


def zone_text(zone, serial, params):
    lines = [
        MARKER,
        "$TTL %d\n" % params["ttl"],
        "{}. IN SOA {}. {}. (\n".format(zone["name"], params["server"], params["contact"]),
        "    %d ; serial\n" % serial,
        # A secondary that missed a notice asks after ten minutes, and answers for two weeks without its primary.
        "    600 120 1209600 %d )\n" % min(params["ttl"], 300),
    ]
    lines += [record.replace(" ", " IN ", 1) + "\n" for record in sorted(set(zone["records"]))]
    return "".join(lines)


def read(path):
    """The file's text, None when it is not there."""
    try:
        with open(path) as stream:
            return stream.read()
    except OSError:
        return None


class Zones:
    def __init__(self, module):
        self.module = module
        self.params = module.params
        self.folder = module.params["folder"]

    def refuse_malformed(self):
        for zone in self.params["zones"]:
            if not ZONE.match(zone.get("name", "")) or ".." in zone["name"]:
                self.module.fail_json(msg="{!r} cannot be the name of a zone".format(zone.get("name")))
            for record in zone.get("records", []):
                if not RECORD.match(record):
                    self.module.fail_json(msg="zone {}: this is no record: {!r}".format(zone["name"], record))

    def path(self, name):
        return os.path.join(self.folder, name + SUFFIX)

    def check(self, name, candidate):
        """What named-checkzone has against the file; None when it has nothing."""
        checker = self.module.get_bin_path("named-checkzone", opt_dirs=["/usr/sbin", "/usr/local/sbin"])
        if checker is None and self.module.check_mode:
            return None  # before the first installation
        if checker is None:
            return "named-checkzone is not installed"
        # Names of other domains are not looked up: whether those answer is none of this zone's business.
        code, out, err = self.module.run_command([checker, "-i", "local", name, candidate])
        return None if code == 0 else (out + err).replace(candidate, name).strip()

    def run(self):
        self.refuse_malformed()
        now = int(time.time())
        changed, serials, broken, diffs = [], {}, [], []
        for zone in self.params["zones"]:
            name = zone["name"]
            before = read(self.path(name))
            last = serial_of(before or "")
            if last is not None and before == zone_text(zone, last, self.params):
                serials[name] = last
                continue
            serials[name] = next_serial(last, now)
            text = zone_text(zone, serials[name], self.params)
            candidate = os.path.join(self.module.tmpdir, "%d%s" % (len(changed), SUFFIX))
            with open(candidate, "w") as stream:
                stream.write(text)
            complaint = self.check(name, candidate)
            if complaint is not None:
                broken.append(complaint)
            changed.append((candidate, self.path(name)))
            diffs.append(
                {
                    "before": before or "",
                    "after": text,
                    "before_header": self.path(name),
                    "after_header": self.path(name),
                }
            )
        if broken:
            self.module.fail_json(
                msg="Nothing was replaced, the name server continues with its old zones. These zones do not pass "
                "named-checkzone:\n" + "\n".join(broken)
            )
        gone = self.orphans(serials)
        if not self.module.check_mode:
            for candidate, path in changed:
                os.chmod(candidate, 0o644)
                self.module.atomic_move(candidate, path)
            for path in gone:
                os.unlink(path)
        self.module.exit_json(
            changed=bool(changed or gone),
            serials=serials,
            files=sorted(self.path(name) for name in serials),
            removed=gone,
            diff=diffs + [{"before": read(path) or "", "after": "", "before_header": path} for path in gone],
        )

    def orphans(self, serials):
        """Only files that are ours: the folder's other content is left alone."""
        if not os.path.isdir(self.folder):
            return []
        names = sorted(name for name in os.listdir(self.folder) if name.endswith(SUFFIX))
        paths = [os.path.join(self.folder, name) for name in names if name[: -len(SUFFIX)] not in serials]
        return [path for path in paths if (read(path) or "").startswith(MARKER)]


def main():
    module = AnsibleModule(
        argument_spec={
            "folder": {"type": "path", "required": True},
            "zones": {"type": "list", "elements": "dict", "default": []},
            "ttl": {"type": "int", "default": 300},
            "server": {"type": "str", "default": ""},
            "contact": {"type": "str", "default": ""},
        },
        supports_check_mode=True,
    )
    Zones(module).run()


if __name__ == "__main__":
    main()
