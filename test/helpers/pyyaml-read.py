"""Reads YAML texts as Ansible does and says what came out, with types.

stdin: a JSON list of texts. stdout: for each text one object with the readings of PyYAML's own scanner ("python")
and of libyaml ("c", null when PyYAML was built without it): {"value": typed} or {"error": message}.
"""

import json
import sys

import yaml


def make_loader(base):
    # Ansible's loader is PyYAML's safe loader with these two tags.
    class Loader(base):
        pass

    def tagged(name):
        return lambda loader, node: Tagged(name, loader.construct_scalar(node))

    Loader.add_constructor("!vault", tagged("vault"))
    Loader.add_constructor("!vault-encrypted", tagged("vault"))
    Loader.add_constructor("!unsafe", tagged("unsafe"))
    return Loader


class Tagged:
    def __init__(self, name, text):
        self.name = name
        self.text = text

    __hash__ = None


def typed(value):
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", repr(value)]
    if isinstance(value, str):
        return ["str", value]
    if isinstance(value, Tagged):
        return [value.name, value.text]
    if isinstance(value, list):
        return ["list", [typed(item) for item in value]]
    if isinstance(value, dict):
        return ["map", [[typed(key), typed(item)] for key, item in value.items()]]
    return ["other", type(value).__name__]


def read(loader, text):
    if loader is None:
        return None
    try:
        return {"value": typed(yaml.load(text.encode("utf-8", "surrogatepass"), loader))}
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError, KeyError, IndexError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    python = make_loader(yaml.SafeLoader)
    c = make_loader(yaml.CSafeLoader) if getattr(yaml, "__with_libyaml__", False) else None
    texts = json.load(sys.stdin)
    json.dump([{"python": read(python, text), "c": read(c, text)} for text in texts], sys.stdout)


main()
