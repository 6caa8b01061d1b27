/** Takes a snapshot on one member, checks it on the host, and copies it to the controller. */
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { GateError, InterruptedError, PhaseError } from "../core/errors.ts";
import { copyFromHost, requireFreeSpace } from "../hosts/copy.ts";
import { ensurePrivateFolder } from "../io/files.ts";
import { size } from "../report/text.ts";
import { type EtcdAction, runOnMember, type ScriptResult } from "./action.ts";
import { type AnsweringMember, answeringMembers, type MemberAnswer } from "./member.ts";
import {
  CANARY,
  type LocalSnapshot,
  type SnapshotManifest,
  verifySnapshot,
  writeManifest,
} from "./snapshot-file.ts";

export interface SnapshotResult extends LocalSnapshot {
  readonly manifest: SnapshotManifest;
}

/** Bytes that the file needs beside the size of the database: etcd writes whole pages and a hash. */
const SPARE_BYTES = 1024 ** 2;

/**
 * Removes what a killed run has left. The canary is written first, so that the snapshot contains it; a cluster that
 * refuses writes has none. `snapshot status` moved from etcdctl to etcdutl.
 */
const TAKE = `
mkdir -p "$FOLDER" 2>/dev/null || { section folder mkdir -p "$FOLDER"; exit 5; }
rm -f "$FOLDER"/kube-magic-*.db "$FOLDER"/kube-magic-*.db.part
free=$(df -Pk "$FOLDER" | awk 'NR == 2 { print $4 }')
if [ "\${free:-0}" -lt "$NEEDED" ]; then section full df -Pk "$FOLDER"; exit 6; fi
path=$FOLDER/$NAME
trap 'rm -f "$path.part"; [ "\${kept:-}" = yes ] || rm -f "$path"' EXIT
patience=3
section canary ask put "$CANARY_KEY" "$CANARY"
patience=600
section save ask snapshot save "$path" || exit 7
[ -f "$path" ] || exit 7
tool=\${etcdutl:-$etcdctl}
section status "$tool" snapshot status -w json "$path"
revision=$("$tool" snapshot status -w json "$path" 2>/dev/null | sed -n 's/.*"revision":\\([0-9]*\\).*/\\1/p')
[ -n "$revision" ] && section live ask get "" --from-key --count-only --consistency=s --rev="$revision" -w fields
section sha256 sha256sum "$path"
section bytes stat -c %s "$path"
kept=yes
`;

const statusShape = z.object({ hash: z.number(), revision: z.number(), totalKey: z.number() });

/** @param target a file, or a folder to make one in. @throws GateError when space is missing or no member answers. */
export async function takeSnapshot(
  action: EtcdAction,
  answers: readonly MemberAnswer[],
  target: { readonly folder: string; readonly file?: string },
): Promise<SnapshotResult> {
  const { model, say } = action;
  const member = chooseMember(answers);
  const taken = new Date();
  const stamp = taken.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const path = target.file ?? join(target.folder, `etcd-${model.name}-${stamp}.db`);
  ensurePrivateFolder(target.folder);
  requireFreeSpace(target.folder, member.status.dbBytes + SPARE_BYTES, "the snapshot");
  say(`snapshot of ${size(member.status.dbBytes)} from ${member.host.name}`);
  const canary = `snapshot ${stamp}`;
  const name = `kube-magic-${stamp}.db`;
  const remote = `${model.etcd.snapshotFolder}/${name}`;
  const result = await runOnMember(action, member.host, TAKE, {
    variables: {
      FOLDER: model.etcd.snapshotFolder,
      NAME: name,
      NEEDED: String(Math.ceil((member.status.dbBytes + SPARE_BYTES) / 1024)),
      CANARY_KEY: CANARY,
      CANARY: canary,
    },
  });
  const known = readResult(action, member, result);
  const manifest: SnapshotManifest = {
    version: 1,
    cluster: model.name,
    member: member.host.name,
    taken: taken.toISOString(),
    etcd: member.status.version,
    ...known,
    ...(result.did("canary") ? { canary } : {}),
  };
  await fetchSnapshot(action, member, remote, path, manifest);
  const { bytes, sha256 } = manifest;
  say(
    `${size(bytes)}, revision ${manifest.revision}, ${manifest.liveKeys ?? "?"} keys, hash ${manifest.hash}`,
  );
  return { path, bytes, sha256, manifest };
}

/** A follower that is up to date, to spare the leader. Without one, the member with the most entries. */
function chooseMember(answers: readonly MemberAnswer[]): AnsweringMember {
  const voting = answeringMembers(answers).filter(({ status }) => !status.isLearner);
  const [best] = [...voting].sort(
    (a, b) =>
      b.status.raftApplied - a.status.raftApplied ||
      Number(a.status.id === a.status.leader) - Number(b.status.id === b.status.leader),
  );
  const latest = best?.status.raftApplied ?? 0;
  const follower = voting.find(
    ({ status }) => status.healthy && status.id !== status.leader && latest - status.raftApplied < CLOSE,
  );
  const chosen = follower ?? best;
  if (chosen !== undefined) return chosen;
  throw new GateError("no member of etcd answers: no snapshot can be taken", {
    output: answers
      .map((answer) => `  ${answer.host.name}: ${answer.kind === "silent" ? answer.reason : "learner"}`)
      .join("\n"),
    remedy:
      "start one member, or restore from the file member/snap/db of a data directory: etcd:restore --raw",
  });
}

/** Entries; a snapshot is complete up to its own revision anyway. */
const CLOSE = 100;

function readResult(
  { model }: EtcdAction,
  { host }: AnsweringMember,
  result: ScriptResult,
): Pick<SnapshotManifest, "bytes" | "sha256" | "revision" | "hash" | "totalKeys" | "liveKeys"> {
  const folder = model.etcd.snapshotFolder;
  const room = `free some space in it, or set another folder in etcd.snapshotFolder; no data was changed`;
  if (result.text("full") !== "")
    throw new GateError(`${host.name}: not enough free space for a snapshot in ${folder}`, {
      output: result.text("full"),
      remedy: room,
    });
  if (!result.did("save")) {
    const reason = result.text("folder") || result.reason("save");
    const full = /no space left/i.test(reason);
    throw new GateError(
      `${host.name}: the snapshot failed: ${full ? `no space left in ${folder}` : reason}`,
      {
        remedy: full ? room : `npm run etcd:status shows the members; no data was changed`,
      },
    );
  }
  const status = statusShape.safeParse(jsonIn(result.text("status")));
  if (!status.success)
    throw new PhaseError(
      `${host.name}: the snapshot on the host cannot be read: ${result.reason("status")}`,
      {
        remedy: "repeat the command to take another one",
      },
    );
  const { hash, revision, totalKey } = status.data;
  const live = /"Count" : (\d+)/.exec(result.text("live"))?.[1];
  return {
    bytes: Number(result.text("bytes")),
    sha256: result.text("sha256").split(" ")[0] ?? "",
    revision,
    hash: hash.toString(16).padStart(8, "0"),
    totalKeys: totalKey,
    ...(live === undefined ? {} : { liveKeys: Number(live) }),
  };
}

/** The JSON line among the log lines. */
export function jsonIn(text: string): unknown {
  const line = text.split("\n").findLast((one) => one.startsWith("{") && one.includes('"hash"'));
  try {
    return line === undefined ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The file gets its name when it is complete and checked; the host keeps no copy. */
async function fetchSnapshot(
  action: EtcdAction,
  { host }: AnsweringMember,
  remote: string,
  path: string,
  manifest: SnapshotManifest,
): Promise<void> {
  const { model, env, stop } = action;
  const part = `${path}.part`;
  try {
    const copy = await copyFromHost(model, host, remote, part, { env, signal: stop.now });
    if (stop.now.aborted)
      throw new InterruptedError("interrupted: the snapshot was not copied", {
        remedy: "repeat the command to take another one",
      });
    if (copy.kind !== "copied")
      throw new GateError(`${host.name}: the snapshot could not be copied from it: ${copy.reason}`, {
        remedy: "free some space on this machine, or name another place with --output; no data was changed",
      });
    const fetched = await verifySnapshot(part, false);
    if (fetched.sha256 !== manifest.sha256)
      throw new PhaseError(`${host.name}: the copy of the snapshot differs from the original`, {
        remedy: "repeat the command to take another one",
      });
    writeManifest(path, manifest);
    renameSync(part, path);
  } finally {
    rmSync(part, { force: true });
    await runOnMember(
      { ...action, stop: { requested: false, now: new AbortController().signal } },
      host,
      `rm -f "$SNAPSHOT"`,
      {
        variables: { SNAPSHOT: remote },
        seconds: 30,
      },
    ).catch(() => undefined);
  }
}
