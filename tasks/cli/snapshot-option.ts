/** Where the commands of etcd keep a snapshot. */
import type { OptionSpec } from "./task.ts";

export const SNAPSHOT_OUTPUT = {
  type: "string",
  short: "o",
  value: "FILE|FOLDER",
  help: "keep the snapshot there",
  default: "build/<cluster>/etcd-snapshots/",
  complete: "file",
} as const satisfies OptionSpec;
