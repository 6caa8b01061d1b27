"""The one place that decides which variables a role reads for the distribution of a host."""

from __future__ import annotations

DOCUMENTATION = r"""
---
name: distribution_files
short_description: Variables files of a role for the distribution of a host
description:
  - Looks in the folder C(vars) of a role for C(os-family-FAMILY.yml), C(DISTRIBUTION.yml) and C(DISTRIBUTION-MAJOR.yml).
  - Returns those that exist, in this order, so that include_vars in a loop lets the more specific file win.
  - Returns nothing as long as there are no facts. Plays that C(--tags) leaves out gather none.
options:
  _terms:
    description: Folder of the role, which is C(role_path).
    type: list
    elements: path
    required: true
author:
  - kube-magic (@kube-magic)
"""

EXAMPLES = r"""
- name: Read the variables of the distribution
  ansible.builtin.include_vars: "{{ item }}"
  loop: "{{ query('kube_magic.cluster.distribution_files', role_path) }}"
"""

RETURN = r"""
_raw:
  description: Absolute paths, the general ones first.
  type: list
  elements: path
"""

import os

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase


def names(facts):
    """Names of variables files without their suffix, the general ones first."""
    distribution = facts["distribution"]
    return [
        f"os-family-{facts['os_family']}",
        distribution,
        f"{distribution}-{facts['distribution_major_version']}",
    ]


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        facts = (variables or {}).get("ansible_facts", {})
        if "os_family" not in facts:
            return []
        found = []
        for role in terms:
            paths = [os.path.join(role, "vars", f"{name}.yml") for name in names(facts)]
            existing = [path for path in paths if os.path.exists(path)]
            if not existing:
                system = f"{facts['distribution']} {facts['distribution_major_version']}"
                raise AnsibleError(
                    f"the role {os.path.basename(role)} does not support {system}: none of {', '.join(paths)} exists"
                )
            found += existing
        return found
