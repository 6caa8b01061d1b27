/** A section `monitoring` for models, and a real Nagios to show its definitions to. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Monitoring } from "../../tasks/core/model/monitoring.ts";
import type { ClusterModel } from "../../tasks/core/model.ts";
import { buildMonitoring } from "../../tasks/inventory/model/monitoring.ts";
import { clusterSchema, type Settings } from "../../tasks/inventory/schema/cluster.ts";
import { nagiosFiles } from "../../tasks/monitoring/nagios/definitions.ts";
import { ROOT } from "./environment.ts";

/** The section with these keys, defaults filled in. */
export function aMonitoring(section: object = {}): Monitoring {
  const whole = { contacts: { ops: { email: "ops@example.com" } }, ...section };
  const settings = clusterSchema.parse({
    domain: "example.com",
    network: { machines: "10.42.0.0/16" },
    hosts: {},
    monitoring: whole,
  }) as Settings;
  return buildMonitoring(settings.monitoring as NonNullable<Settings["monitoring"]>, settings);
}

/** Debian's nagios4: an installed one, or its package unpacked below build/. Undefined where neither can be had. */
export function nagiosProgram(): string | undefined {
  const folder = join(ROOT, "build", "test-tools", "nagios4");
  const unpacked = join(folder, "usr/sbin/nagios4");
  if (existsSync("/usr/sbin/nagios4")) return "/usr/sbin/nagios4";
  if (existsSync(unpacked)) return unpacked;
  mkdirSync(folder, { recursive: true });
  const unpack =
    "rm -f *.deb; apt-get -qq download nagios4-core 2>/dev/null && dpkg-deb --fsys-tarfile nagios4-core_*.deb | tar -xf - ./usr/sbin/nagios4";
  spawnSync("sh", ["-c", unpack], { cwd: folder });
  return existsSync(unpacked) ? unpacked : undefined;
}

/** Writes the definitions as the role stages them. @returns the main configuration file */
export function stageDefinitions(folder: string, model: ClusterModel): string {
  mkdirSync(join(folder, "nagios"), { recursive: true });
  for (const [path, { content }] of nagiosFiles(model)) writeFileSync(join(folder, path), content);
  const state = [
    "log_file",
    "object_cache_file",
    "precached_object_file",
    "status_file",
    "command_file",
    "lock_file",
  ];
  const lines = [
    "cfg_dir=nagios",
    "resource_file=resource.cfg",
    ...state.map((name) => `${name}=${join(folder, name)}`),
    `temp_path=${folder}`,
    `check_result_path=${folder}`,
    "interval_length=1",
    "nagios_user=root",
    "nagios_group=root",
    "illegal_object_name_chars=`~!$%^&*|'\"<>?,=",
    "illegal_macro_output_chars=`~$&|'\"<>",
  ];
  writeFileSync(join(folder, "nagios.cfg"), `${lines.join("\n")}\n`);
  writeFileSync(join(folder, "resource.cfg"), "$USER1$=/usr/lib/nagios/plugins\n");
  return join(folder, "nagios.cfg");
}

/** What `nagios4 -v` says; its last lines count warnings and errors. */
export function verify(
  program: string,
  config: string,
  flag = "-v",
): { readonly code: number; readonly said: string } {
  const { status, stdout } = spawnSync(program, [flag, config], { encoding: "utf8", maxBuffer: 1 << 28 });
  return { code: status ?? 1, said: stdout };
}
