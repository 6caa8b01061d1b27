/** What etcdctl prints as JSON, typed. Its ids are too large for a JavaScript number, so they are read as text. */
import { z } from "zod";
import type { Alarm, ListedMember, MemberStatus } from "./member.ts";

const id = z.union([z.string(), z.number()]).transform(String);
const header = z.object({ cluster_id: id, member_id: id, revision: z.number().default(0) });

const statusShape = z.array(
  z.object({
    Status: z.object({
      header,
      version: z.string(),
      leader: id.default("0"),
      isLearner: z.boolean().default(false),
      raftTerm: z.number().default(0),
      raftIndex: z.number().default(0),
      raftAppliedIndex: z.number().default(0),
      dbSize: z.number().default(0),
      dbSizeInUse: z.number().optional(),
      dbSizeQuota: z.number().optional(),
      errors: z.array(z.string()).default([]),
    }),
  }),
);
const healthShape = z.array(
  z.object({ health: z.boolean(), took: z.string().default(""), error: z.string().default("") }),
);
const listShape = z.object({
  members: z.array(
    z.object({
      ID: id,
      name: z.string().default(""),
      peerURLs: z.array(z.string()).default([]),
      isLearner: z.boolean().default(false),
    }),
  ),
});

/** JSON as etcdctl prints it among its log lines; undefined when there is none that fits the schema. */
function parseAs<T>(shape: z.ZodType<T>, text: string): T | undefined {
  for (const line of text.split("\n")) {
    if (!/^[[{]/.test(line)) continue;
    try {
      const parsed = shape.safeParse(JSON.parse(line.replaceAll(/":\s*(\d{16,})/g, '":"$1"')));
      if (parsed.success) return parsed.data;
    } catch {
      // A log line that only looks like JSON at its start.
    }
  }
  return undefined;
}

/** Both answers of one member; undefined when it returned no status. */
export function readStatus(statusText: string, healthText: string): MemberStatus | undefined {
  const status = parseAs(statusShape, statusText)?.[0]?.Status;
  if (status === undefined) return undefined;
  const health = parseAs(healthShape, healthText)?.[0];
  const latencyMs = health?.health === true ? milliseconds(health.took) : undefined;
  const complaint = health === undefined ? lastError(healthText) : health.error;
  return {
    id: status.header.member_id,
    clusterId: status.header.cluster_id,
    version: status.version,
    leader: status.leader,
    isLearner: status.isLearner,
    revision: status.header.revision,
    raftTerm: status.raftTerm,
    raftIndex: status.raftIndex,
    raftApplied: status.raftAppliedIndex,
    dbBytes: status.dbSize,
    inUseBytes: status.dbSizeInUse ?? status.dbSize,
    ...(status.dbSizeQuota === undefined ? {} : { quotaBytes: status.dbSizeQuota }),
    alarms: status.errors.flatMap(readAlarm),
    healthy: health?.health === true,
    ...(complaint === "" ? {} : { complaint }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
  };
}

export function readMembers(text: string): readonly ListedMember[] | undefined {
  return parseAs(listShape, text)?.members.map(({ ID, name, peerURLs, isLearner }) => ({
    id: ID,
    name,
    peerUrls: peerURLs,
    isLearner,
  }));
}

/** `memberID:10501334649042878790 alarm:NOSPACE ` */
function readAlarm(text: string): Alarm[] {
  const [, member, kind] = /memberID:(\d+)\s+alarm:(\w+)/.exec(text) ?? [];
  return member === undefined || kind === undefined ? [] : [{ member, kind }];
}

/** Go's form of a duration: `1.2s`, `9.41ms`, `950µs`. */
function milliseconds(text: string): number | undefined {
  const [, number, unit] = /^([\d.]+)(s|ms|[µμu]s|ns)$/.exec(text) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  return Number(number) * (unit === "s" ? 1000 : unit === "ms" ? 1 : unit === "ns" ? 1e-6 : 1e-3);
}

/** The reason in etcdctl's log: the last `error` field, or the last line that is not empty. */
export function lastError(text: string): string {
  const logged = [...text.matchAll(/"error":"((?:[^"\\]|\\.)*)"/g)].at(-1)?.[1];
  if (logged !== undefined) return JSON.parse(`"${logged}"`) as string;
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("[]"));
  return (lines.findLast((line) => line.startsWith("Error:")) ?? lines.at(-1) ?? "").replace(/^Error: /, "");
}
