/** What a restore will do, decided before anything is changed. It asks the members first; the rest is pure. */
import { GateError, InputError } from "../core/errors.ts";
import { type ClusterModel, etcdHosts, type Host } from "../core/model.ts";
import { size } from "../report/text.ts";
import { type EtcdAction, runOnMember, type ScriptResult } from "./action.ts";
import { readSettings } from "./host-script.ts";
import type { MemberSettings } from "./member.ts";
import { INSPECT } from "./restore-scripts.ts";
import type { LocalSnapshot } from "./snapshot-file.ts";

export interface RestoreMember {
  readonly host: Host;
  readonly settings: MemberSettings;
  /** etcdutl, or the etcdctl of 3.4. */
  readonly tool: string;
  /** Whether the tool can mark old revisions as compacted, so that clients notice that time went back. */
  readonly marks: boolean;
}

export interface RestorePlan {
  /** Names the folders on the hosts and the new cluster's token. */
  readonly id: string;
  readonly snapshot: LocalSnapshot;
  readonly raw: boolean;
  readonly members: readonly RestoreMember[];
  /** `name=peer URL,…` of all of them. */
  readonly initialCluster: string;
  /** Added to the revision; absent when some host's tool cannot. */
  readonly bumpRevision?: number;
}

/** More than any client can have seen since the snapshot, as etcd's documentation advises. */
const BUMP = 1_000_000_000;

/**
 * Asks every member for its settings and tools.
 * @param without hosts that are lost: the new cluster starts without them
 * @throws GateError when a member cannot be asked, has no tool or no room
 */
export async function planRestore(
  action: Omit<EtcdAction, "say">,
  snapshot: LocalSnapshot,
  options: { readonly raw: boolean; readonly without: readonly string[]; readonly now: Date },
): Promise<RestorePlan> {
  const { model } = action;
  const hosts = remaining(model, options.without);
  const inspected = await Promise.all(
    hosts.map(async (host) => ({ host, found: await inspect(action, host, snapshot) })),
  );
  const complaints = inspected.flatMap(({ host, found }) =>
    "complaint" in found ? [`  ${host.name}: ${found.complaint}`] : [],
  );
  if (complaints.length > 0)
    throw new GateError(`${complaints.length} of ${hosts.length} members cannot be restored now`, {
      output: complaints.join("\n"),
      remedy: `repair them first; for a host that is lost for good: --without ${hosts[0]?.name ?? "HOST"}. Nothing was changed`,
    });
  const members = inspected.flatMap(({ found }) => ("complaint" in found ? [] : [found]));
  refuseDuplicates(members);
  return {
    id: options.now.toISOString().replaceAll(/[-:]|\.\d+/g, ""),
    snapshot,
    raw: options.raw,
    members,
    initialCluster: members.map(({ settings }) => `${settings.name}=${settings.peerUrl}`).join(","),
    ...(members.every(({ marks }) => marks) ? { bumpRevision: BUMP } : {}),
  };
}

function remaining(model: ClusterModel, without: readonly string[]): readonly Host[] {
  const hosts = etcdHosts(model);
  const unknown = without.find((name) => !hosts.some((host) => host.name === name));
  if (unknown !== undefined)
    throw new InputError(`--without ${unknown}: no host with this name runs etcd`, {
      remedy: `the members are ${hosts.map(({ name }) => name).join(", ")}`,
    });
  const left = hosts.filter(({ name }) => !without.includes(name));
  if (left.length === 0)
    throw new InputError("--without names every member", { remedy: "keep at least one" });
  return left;
}

async function inspect(
  action: Omit<EtcdAction, "say">,
  host: Host,
  { bytes }: LocalSnapshot,
): Promise<RestoreMember | { readonly complaint: string }> {
  let result: ScriptResult;
  try {
    result = await runOnMember({ ...action, say: () => {} }, host, INSPECT, { seconds: 60 });
  } catch (error) {
    if (error instanceof GateError) return { complaint: error.message.replace(`${host.name}: `, "") };
    throw error;
  }
  const settings = readSettings({ code: 0, text: result.text("settings") });
  const { name, peerUrl, dataDir, file } = settings;
  if (name === "" || peerUrl === "" || dataDir === "")
    return { complaint: `${file} lacks the member's name, peer address or data directory` };
  if (result.text("wal") !== "")
    return {
      complaint: "its write-ahead log is in a separate folder (wal-dir), which etcd:restore does not support",
    };
  const tool = result.text("tool");
  if (tool === "") return { complaint: "etcdutl is not installed, and its etcdctl cannot restore" };
  const free = Number(/(\d+)\s+\d+%/.exec(result.text("free"))?.[1] ?? 0) * 1024;
  // The snapshot itself, the database made of it, and its first log files.
  const needed = bytes * 2 + LOG_BYTES;
  if (free < needed) return { complaint: `${size(free)} free in ${dataDir}, ${size(needed)} are needed` };
  return { host, settings, tool, marks: result.did("marks") };
}

/** etcd allocates its log in files of 64 MB. */
const LOG_BYTES = 160 * 1024 ** 2;

function refuseDuplicates(members: readonly RestoreMember[]): void {
  for (const { host, settings } of members) {
    const twin = members.find(
      (other) =>
        other.host !== host &&
        (other.settings.name === settings.name || other.settings.peerUrl === settings.peerUrl),
    );
    if (twin !== undefined)
      throw new GateError(
        `${host.name} and ${twin.host.name} have the same name or peer address in their settings`,
        {
          remedy: `correct ${settings.file} on one of them; nothing was changed`,
        },
      );
  }
}
