"""The controller's half of the preflight module: a host that cannot be looked at is a finding too, not an end."""

from __future__ import annotations

import re
import time

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

MODULE = "kube_magic.cluster.preflight"
DISCOVERED = "discovered_interpreter_python"
ANSIBLES_OWN_WORDS = (
    r"^(Failed to connect to the host via ssh: *|ssh: *"
    r"|Data could not be sent to remote host .*Make sure this host can be reached over ssh: *)+"
)
NO_PYTHON = r"requires a minimum of Python|python\S*: (command )?not found|No such file.*python|python.*No such file"

# What ssh says, to what to do; the first that matches.
CONNECTION_REMEDIES = [
    (
        r"REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed",
        "If the host was reinstalled: ssh-keygen -R {address}, then connect once by hand and compare its key.",
    ),
    (
        r"Permission denied",
        "Put the public key onto the host: ssh-copy-id {user}@{address}, or correct ssh.user and ssh.privateKeyFile.",
    ),
    (r"UNPROTECTED PRIVATE KEY|bad permissions", "chmod 600 on the private key."),
    (r"[Cc]ould not resolve hostname", "Correct the host's address in the inventory: its name does not resolve here."),
    (r"Connection refused", "Start the SSH server on the host, or correct ssh.port."),
    (
        r"timed out|No route to host|unreachable",
        "Is the host switched on, its address right, its SSH port open to us? ping {address}",
    ),
]


def finding(check, message, remedy):
    return {"check": check, "severity": "error", "message": message, "remedy": remedy}


class ActionModule(ActionBase):
    _supports_check_mode = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        self._facts = {}
        findings, observed = self._look(task_vars)
        if self._facts:
            result["ansible_facts"] = self._facts
        result.update(changed=False, findings=findings, observed=observed, ignored=self._task.args.get("ignored") or [])
        return result

    def _look(self, task_vars, again=True):
        try:
            return self._examine(task_vars)
        except AnsibleConnectionFailure as error:
            failure = str(error)
            # What says nothing about the host, such as a shared connection that has just broken, gets a second chance.
            if again and not any(re.search(pattern, failure) for pattern, _remedy in CONNECTION_REMEDIES):
                time.sleep(1)
                return self._look(task_vars, again=False)
            return [self._unreachable(failure, task_vars)], {}
        except AnsibleError as error:
            failure = str(error)
        # A cached interpreter may belong to a system that was here before: discover it again, once.
        if again and re.search(NO_PYTHON, failure, re.I) and task_vars.get("ansible_facts", {}).pop(DISCOVERED, None):
            return self._look(task_vars, again=False)
        become = self._connection.become
        if become is None or not re.search(rf"password|{re.escape(become.name)}", failure):
            return [self._broken(failure)], {}
        # Without rights there is less to see, but still most of it.
        self._connection.set_become_plugin(None)
        try:
            findings, observed = self._examine(task_vars)
        except AnsibleError:
            findings, observed = [], {}
        finally:
            self._connection.set_become_plugin(become)
        user = self._user(task_vars)
        message = f"{user} cannot become root: {self._gist(failure)}"
        remedy = (
            f"Let {user} run everything without a password (a file in /etc/sudoers.d: '{user} ALL=(ALL) NOPASSWD: ALL'), "
            "or deploy as root."
        )
        findings.insert(0, finding("sudo", message, remedy))
        return findings, observed

    def _examine(self, task_vars):
        """Runs the module. @raises AnsibleError when it did not run to its end."""
        before = time.time()
        answer = self._execute_module(module_name=MODULE, module_args=self._task.args, task_vars=task_vars)
        after = time.time()
        # The interpreter that was found, for the tasks to come.
        self._facts.update(answer.get("ansible_facts", {}))
        if "findings" not in answer:
            said = [answer.get(key) for key in ("module_stderr", "module_stdout", "msg") if answer.get(key)]
            raise AnsibleError(str(said[0]) if said else "no answer")
        findings, observed = answer["findings"], answer["observed"]
        offset = max(before - observed["time"], observed["time"] - after, 0)
        if offset > float(self._task.args.get("clock_offset_seconds", 5)):
            findings.append(
                finding(
                    "clock",
                    f"its clock is {offset:.0f} s away from this machine's",
                    "Install one time service (chrony, or systemd-timesyncd), or correct the clock of whichever is wrong.",
                )
            )
        return findings, observed

    def _unreachable(self, error, task_vars):
        address = task_vars.get("ansible_host") or task_vars.get("inventory_hostname")
        matching = (remedy for pattern, remedy in CONNECTION_REMEDIES if re.search(pattern, error))
        remedy = next(matching, "Try it by hand: ssh {user}@{address}")
        # Warnings come first, the reason last.
        lines = re.sub(ANSIBLES_OWN_WORDS, "", error).strip().splitlines()
        message = re.sub(r"^ssh: *", "", lines[-1]).strip() if lines else "no answer"
        return finding("ssh", message, remedy.format(user=self._user(task_vars), address=address))

    def _broken(self, failure):
        gist = self._gist(failure)
        if re.search(NO_PYTHON, failure, re.I):
            return finding(
                "python",
                gist,
                "Install Python 3.8 or newer on the host: apt-get install python3, or dnf install python3.11.",
            )
        return finding(
            "preflight", f"the checks did not run: {gist}", "Run it again with --verbose for the whole answer."
        )

    def _user(self, task_vars):
        try:
            return self._connection.get_option("remote_user") or "root"
        except KeyError:  # a connection without users, such as local
            return task_vars.get("ansible_user", "root")

    @staticmethod
    def _gist(text):
        """The line that says it: a shell complains in the first one, a traceback ends with its reason."""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return lines[-1 if "Traceback" in text else 0] if lines else "no answer"
