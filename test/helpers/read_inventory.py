"""Reads inventories as `ansible-inventory --list` does, one a line of standard input, and answers with typed JSON.

One process for many inventories: starting Ansible takes longer than reading a small inventory. Conservative Python,
because it also runs under Ansible 2.9. A line is {"inventory": path} or {"yaml": text}.
"""

import json
import sys
import tempfile

from ansible import constants
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.manager import VariableManager

try:  # Ansible 2.10 and newer
    INTERNAL_VARS = constants.INTERNAL_STATIC_VARS
except AttributeError:
    from ansible.cli.inventory import INTERNAL_VARS

try:  # ansible-core 2.19 and newer: a string is unsafe unless it is marked as trusted
    from ansible._internal._datatag._tags import TrustedAsTemplate
    from ansible.parsing.vault import EncryptedString, VaultHelper

    def vault_text(value):
        return VaultHelper.get_ciphertext(value, with_tags=False) if isinstance(value, EncryptedString) else None

    TRUSTED = {"trusted_as_template": True}

    def is_unsafe(value):
        return not TrustedAsTemplate.is_tagged_on(value)

except ImportError:
    from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode
    from ansible.utils.unsafe_proxy import AnsibleUnsafe

    def vault_text(value):
        if not isinstance(value, AnsibleVaultEncryptedUnicode):
            return None
        return value._ciphertext.decode("utf-8")

    TRUSTED = {}

    def is_unsafe(value):
        return isinstance(value, AnsibleUnsafe)


def typed(value):
    if value is None:
        return None
    if vault_text(value) is not None:
        return {"vault": str(vault_text(value))}
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, str):
        text = str.__str__(value)
        return {"unsafe": text} if is_unsafe(value) else text
    if isinstance(value, (list, tuple)):
        return [typed(item) for item in value]
    if isinstance(value, dict):
        return {"map": [[str(key), typed(item)] for key, item in value.items()]}
    return {"other": repr(type(value))}


def read_inventory(path):
    loader = DataLoader()
    inventory = InventoryManager(loader=loader, sources=[path])
    variables = VariableManager(loader=loader, inventory=inventory)
    groups = {}
    for name, group in inventory.groups.items():
        groups[name] = {
            "hosts": [host.name for host in group.hosts],
            "children": [child.name for child in group.child_groups],
        }
    hosts = {}
    for host in inventory.get_hosts():
        found = variables.get_vars(host=host, include_hostvars=False)
        hosts[host.name] = typed({key: found[key] for key in found if key not in INTERNAL_VARS})
    return {"groups": groups, "hosts": hosts, "localhost": "localhost" in inventory.hosts}


def read_yaml(text):
    with tempfile.NamedTemporaryFile(suffix=".yml") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        return typed(DataLoader().load_from_file(file.name, **TRUSTED))


def main():
    constants.INVENTORY_ANY_UNPARSED_IS_FATAL = True
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        try:
            if "yaml" in request:
                answer = {"result": read_yaml(request["yaml"])}
            else:
                answer = {"result": read_inventory(request["inventory"])}
        except Exception as error:  # noqa: BLE001 - the test that asked fails with it
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


main()
