/** Which form of inventory Ansible reads fastest: the figures behind docs/decisions/0001. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Value, ValueMap } from "../tasks/core/value.ts";
import { toYaml } from "../tasks/core/yaml-text.ts";
import { toolFiles } from "../tasks/deploy/tool-files.ts";
import { ansibleEnvironment, findAnsible } from "../test/helpers/ansible.ts";
import type { Bench } from "./bench.ts";
import { bigCluster } from "./big-cluster.ts";
import { measureInTurn } from "./measure.ts";

const HOSTS = 5000;
const ROUNDS = 6;

interface Document {
  readonly all: {
    readonly vars: ValueMap;
    readonly hosts: Readonly<Record<string, ValueMap>>;
    readonly children: Readonly<Record<string, { readonly hosts?: ValueMap; readonly children?: ValueMap }>>;
  };
}

const ansible = await findAnsible();

export const bench: Bench = {
  name: "readback",
  title: `ansible-inventory --list of ${HOSTS} hosts, by form of the host file`,
  needs: () => undefined,
  async run(report) {
    const content = toolFiles(bigCluster(HOSTS), "custom").get("hosts.yml")?.content ?? "";
    const document = JSON.parse(content) as Document;
    const folder = mkdtempSync(join(tmpdir(), "kube-magic-bench-"));
    try {
      const commands = FORMS.map(([name, file, write]) => {
        const place = join(folder, name.replaceAll(/\W/g, "-"));
        mkdirSync(place);
        write(place, document, content);
        return [join(ansible.bin, "ansible-inventory"), "-i", join(place, file), "--list"];
      });
      const measured = measureInTurn(ROUNDS, commands, ansibleEnvironment());
      measured.forEach(({ seconds, megabytes }, index) => {
        report({ what: FORMS[index]?.[0] ?? "", value: seconds, unit: "s" });
        report({
          what: "  against block YAML",
          value: seconds / (measured[0]?.seconds ?? seconds),
          unit: "x",
        });
        report({ what: "  peak memory", value: megabytes, unit: "MB" });
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

type Write = (folder: string, document: Document, rendered: string) => void;

const FORMS: readonly (readonly [name: string, file: string, write: Write])[] = [
  [
    "block YAML",
    "hosts.yml",
    (folder, document) => put(folder, "hosts.yml", toYaml(document as unknown as Value)),
  ],
  [
    "JSON in hosts.yml, as we render it",
    "hosts.yml",
    (folder, _, rendered) => put(folder, "hosts.yml", rendered),
  ],
  ["INI", "hosts", (folder, document) => put(folder, "hosts", toIni(document))],
  ["one host_vars file a host, YAML", "hosts.yml", (folder, document) => hostVars(folder, document, toYaml)],
  [
    "one host_vars file a host, JSON",
    "hosts.yml",
    (folder, document) => hostVars(folder, document, JSON.stringify),
  ],
];

function put(folder: string, name: string, content: string): void {
  writeFileSync(join(folder, name), content);
}

function hostVars(folder: string, { all }: Document, write: (value: ValueMap) => string): void {
  const hosts = Object.fromEntries(Object.keys(all.hosts).map((name) => [name, null]));
  put(folder, "hosts.yml", JSON.stringify({ all: { ...all, hosts } }));
  mkdirSync(join(folder, "host_vars"));
  for (const [name, variables] of Object.entries(all.hosts))
    put(join(folder, "host_vars"), `${name}.yml`, write(variables));
}

/** Good enough for the values of this cluster; INI cannot carry every value, which is another reason against it. */
function toIni({ all }: Document): string {
  const python = (value: Value) => JSON.stringify(JSON.stringify(value));
  const pairs = (variables: ValueMap) =>
    Object.entries(variables).map(([key, value]) => `${key}=${python(value)}`);
  const lines = Object.entries(all.hosts).map(([name, variables]) => [name, ...pairs(variables)].join(" "));
  for (const [group, { hosts = {}, children = {} }] of Object.entries(all.children)) {
    lines.push("", `[${group}]`, ...Object.keys(hosts));
    if (Object.keys(children).length > 0) lines.push("", `[${group}:children]`, ...Object.keys(children));
  }
  return `${[...lines, "", "[all:vars]", ...Object.entries(all.vars).map(([key, value]) => `${key}=${JSON.stringify(value)}`)].join("\n")}\n`;
}
