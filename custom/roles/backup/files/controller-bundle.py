"""
Prints what a cluster is rebuilt from and only the controller has, as one JSON object of path → text: the layers of its
central inventory, what is vendored, and which version of kube-magic this is. Files as they are: what is encrypted stays so.
"""

import glob
import json
import os
import subprocess
import sys

LAYERS = ("inventories/_defaults/*.yml", "inventories/{cluster}/*.yml", "inventories/{cluster}/local/*.yml")
VENDORED = ("vendor/vendor.yml", "vendor/vendor.lock.yml")


def main(root, cluster):
    found = {}
    for pattern in LAYERS + VENDORED:
        for path in sorted(glob.glob(os.path.join(glob.escape(root), pattern.format(cluster=glob.escape(cluster))))):
            with open(path, encoding="utf-8") as file:
                found[os.path.relpath(path, root)] = file.read()
    found["versions.json"] = json.dumps(versions(root), indent=2, sort_keys=True) + "\n"
    print(json.dumps(found, sort_keys=True))


def versions(root):
    known = {}
    try:
        with open(os.path.join(root, "package.json"), encoding="utf-8") as file:
            known["kube-magic"] = json.load(file).get("version")
    except (OSError, ValueError):
        pass
    try:
        git = ["git", "-C", root, "rev-parse", "HEAD"]
        known["commit"] = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        pass
    return known


main(sys.argv[1], sys.argv[2])
