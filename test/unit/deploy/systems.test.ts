import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { pythonFor, readSystem, SYSTEM_QUESTION } from "../../../tasks/deploy/system-answer.ts";

test.each([
  [
    "system=debian\r\nname=Debian GNU/Linux\r\nversion=13\r\npython=/usr/bin/python3 Python 3.13.5\r\n",
    "Debian",
    "13",
    ["3.13.5"],
  ],
  [
    "system=centos\nname=CentOS Linux\nversion=7\npython=/usr/bin/python Python 2.7.5\n",
    "CentOS",
    "7",
    ["2.7.5"],
  ],
  ["system=rhel\nname=Red Hat\nversion=7.9\n", "RedHat", "7.9", []],
  ["system=slackware\nname=Slackware\nversion=15.0\n", "Slackware", "15.0", []],
])("a host's own words %j are read as Ansible would name them", (text, system, systemVersion, versions) => {
  const { pythons, ...rest } = readSystem("a", text);
  expect(rest).toEqual({ name: "a", system, systemVersion });
  expect(pythons.map(({ version }) => version)).toEqual(versions);
});

const RHEL_8 = [
  { command: "python3.12", version: "3.12.1" },
  { command: "/usr/libexec/platform-python", version: "3.6.8" },
];

test.each([
  ["2.18.19", RHEL_8, "3.12.1"],
  ["2.16.3", RHEL_8, "3.6.8"],
  ["2.9.27", [{ command: "/usr/bin/python", version: "2.7.5" }], "2.7.5"],
  ["2.9.27", [{ command: "/opt/python/bin/python", version: "3.6.8" }], "3.6.8"],
  ["2.18.19", [], undefined],
])("Ansible %s takes, of %j, %s", (core, pythons, version) => {
  expect(pythonFor(core, pythons)).toBe(version);
});

/** As Ansible would hand it to the host's shell. */
const ask = (named: string): string =>
  execFileSync("sh", ["-c", SYSTEM_QUESTION.replace(/\{\{.*?\}\}/, named)], { encoding: "utf8" });

test("the question is one that a plain shell understands", () => {
  const { system, pythons } = readSystem("here", ask(""));
  expect(system).not.toBe("");
  expect(pythons.length).toBeGreaterThan(0);
  expect(readSystem("here", ask("auto_silent")).pythons).toEqual(pythons);
});

test("the interpreter that the inventory names is the only one that counts", () => {
  expect(readSystem("here", ask("/usr/bin/python3")).pythons).toHaveLength(1);
  expect(readSystem("here", ask("/nonexistent/python3")).pythons).toEqual([]);
});
