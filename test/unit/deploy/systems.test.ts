import { expect, test } from "vitest";
import { readSystem } from "../../../tasks/deploy/systems.ts";

test.each([
  [
    "system=debian\r\nname=Debian GNU/Linux\r\nversion=13\r\npython=Python 3.13.5\r\n",
    "Debian",
    "13",
    "3.13.5",
  ],
  ["system=centos\nname=CentOS Linux\nversion=7\npython=Python 2.7.5\n", "CentOS", "7", "2.7.5"],
  ["system=rhel\nname=Red Hat\nversion=7.9\n", "RedHat", "7.9", "0"],
  ["system=slackware\nname=Slackware\nversion=15.0\n", "Slackware", "15.0", "0"],
])("a host's own words %j are read as Ansible would name them", (text, system, systemVersion, python) => {
  expect(readSystem("a", text)).toEqual({ name: "a", system, systemVersion, python });
});
