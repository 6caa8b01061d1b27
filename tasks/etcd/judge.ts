/** Members' answers → findings: what is wrong with etcd, and what to do. Pure. */
import { type ClusterModel, etcdHosts } from "../core/model.ts";
import { size } from "../report/text.ts";
import {
  type AnsweringMember,
  answeringMembers,
  leaderOf,
  type MemberAnswer,
  type SilenceKind,
} from "./member.ts";

export interface Finding {
  /** `critical`: the service or its redundancy suffers now. `warning`: it will. `note`: worth knowing, no alarm. */
  readonly severity: "critical" | "warning" | "note";
  /** Stable, for machines. */
  readonly code: string;
  /** Host that it is about; absent: the cluster. */
  readonly host?: string;
  readonly message: string;
  readonly remedy: string;
}

export interface Verdict {
  readonly state: "ok" | "warning" | "critical";
  readonly findings: readonly Finding[];
  /** A majority of the members answers and has a leader. */
  readonly quorum: boolean;
}

/** Entries that a member may be behind the leader without a finding. */
const LAG = 1000;
/** A database worth defragmenting: this large, and this much of it free. */
const SPARSE_BYTES = 64 * 1024 ** 2;
const SPARSE_FACTOR = 2;

/** @param warnAt percent of the quota from which the database is too full */
export function judge(model: ClusterModel, answers: readonly MemberAnswer[], warnAt: number): Verdict {
  const members = answeringMembers(answers);
  const total = clusterSize(model, members);
  const needed = Math.floor(total / 2) + 1;
  const leader = leaderOf(members);
  const following = members.filter(({ status }) => status.leader !== "0" && !status.isLearner);
  const quorum = following.length >= needed;
  const findings: Finding[] = [
    ...answers.flatMap(unanswered),
    ...(quorum ? [] : [lostQuorum(model, following.length, total, needed)]),
    ...alarms(members, answers),
    ...splitClusters(members),
    ...members.flatMap((member) => unhealthy(member, quorum)),
    ...members.flatMap((member) => fullness(member, warnAt)),
    ...differences(model, members),
    ...(leader === undefined ? [] : members.flatMap((member) => lag(member, leader))),
    ...unexpectedMembers(model, answers, members),
  ];
  const worst = (["critical", "warning"] as const).find((severity) =>
    findings.some((finding) => finding.severity === severity),
  );
  return { state: worst ?? "ok", findings, quorum };
}

/** Bytes that the member may grow to: what it says, else what its settings say. */
export function quotaOf({ settings, status }: AnsweringMember): number {
  return status.quotaBytes ?? settings.quotaBytes;
}

/** Number of voting members: as etcd lists them, else as the inventory does. */
export function clusterSize(model: ClusterModel, members: readonly AnsweringMember[]): number {
  const listed = members.find((member) => member.listed !== undefined)?.listed;
  return listed?.filter(({ isLearner }) => !isLearner).length ?? etcdHosts(model).length;
}

const SILENCE_REMEDIES: Readonly<Record<SilenceKind, (host: string) => string>> = {
  unreachable: () => "npm run preflight says what is wrong with the host",
  absent: () => "npm run deploy:kube installs it; etcd.settingsFile names another place of its settings",
  tools: () => "npm run deploy:kube -- --tags etcd installs etcdctl and etcdutl",
  certificate: () =>
    "npm run certs:status shows every certificate; npm run certs:renew -- etcd makes new ones",
  stopped: (host) => `on ${host}: journalctl -u etcd -n 50; systemctl start etcd`,
  silent: (host) => `on ${host}: journalctl -u etcd -n 50`,
};

function unanswered(answer: MemberAnswer): Finding[] {
  if (answer.kind === "answers") return [];
  const { host, why, reason } = answer;
  return [
    {
      severity: "critical",
      code: `member-${why}`,
      host: host.name,
      message: reason,
      remedy: SILENCE_REMEDIES[why](host.name),
    },
  ];
}

function lostQuorum(model: ClusterModel, following: number, total: number, needed: number): Finding {
  return {
    severity: "critical",
    code: "quorum-lost",
    message: `quorum lost: ${following} of ${total} members have a leader, ${needed} are needed; ${model.name} refuses writes`,
    remedy:
      "start the stopped members: no data is lost while one of them has its disk. If they are lost for good: npm run etcd:restore -- SNAPSHOT, or npm run kube:recover",
  };
}

function alarms(members: readonly AnsweringMember[], answers: readonly MemberAnswer[]): Finding[] {
  const seen = new Map(
    members.flatMap(({ status }) =>
      status.alarms.map((alarm) => [`${alarm.kind} ${alarm.member}`, alarm] as const),
    ),
  );
  return [...seen.values()].map(({ kind, member }) => {
    const host = members.find(({ status }) => status.id === member)?.host.name;
    const whose = host ?? nameOf(member, members) ?? `member ${member}`;
    return {
      severity: "critical",
      code: `alarm-${kind.toLowerCase()}`,
      ...(host === undefined ? {} : { host }),
      message:
        kind === "NOSPACE"
          ? `alarm NOSPACE, raised by ${whose}: all ${answers.length} members refuse writes`
          : `alarm ${kind}, raised by ${whose}: its data differs from the other members'`,
      remedy: kind === "NOSPACE" ? "npm run etcd:defrag" : `npm run kube:recover -- ${whose}`,
    };
  });
}

function nameOf(id: string, members: readonly AnsweringMember[]): string | undefined {
  return members.flatMap(({ listed = [] }) => listed).find((one) => one.id === id)?.name;
}

function splitClusters(members: readonly AnsweringMember[]): Finding[] {
  const clusters = grouped(members, ({ status }) => status.clusterId);
  if (clusters.size < 2) return [];
  const groups = [...clusters.values()].map((group) => group.map(({ host }) => host.name).join(", "));
  return [
    {
      severity: "critical",
      code: "two-clusters",
      message: `the members belong to ${clusters.size} different clusters: ${groups.join(" · ")}`,
      remedy: "an interrupted restore causes this: repeat the same npm run etcd:restore",
    },
  ];
}

function unhealthy({ host, status }: AnsweringMember, quorum: boolean): Finding[] {
  if (status.healthy || status.alarms.length > 0 || !quorum) return [];
  return [
    {
      severity: "critical",
      code: "member-unhealthy",
      host: host.name,
      message: `not healthy: ${status.complaint ?? "no reason given"}`,
      remedy: `on ${host.name}: journalctl -u etcd -n 50`,
    },
  ];
}

function fullness(member: AnsweringMember, warnAt: number): Finding[] {
  const { host, status } = member;
  const quota = quotaOf(member);
  const percent = (status.dbBytes / quota) * 100;
  const sparse = status.inUseBytes * SPARSE_FACTOR < status.dbBytes;
  if (percent >= warnAt)
    return [
      {
        severity: "warning",
        code: "quota-near",
        host: host.name,
        message: `${percent.toFixed(0)} % of its quota of ${size(quota)} is used (warning from ${warnAt} %)`,
        remedy:
          (status.inUseBytes / quota) * 100 < warnAt
            ? "npm run etcd:defrag releases the free space in the file"
            : "npm run etcd:defrag drops old revisions; if it stays full, raise etcd.quota and npm run deploy:kube -- --tags etcd",
      },
    ];
  if (!sparse || status.dbBytes < SPARSE_BYTES) return [];
  return [
    {
      severity: "note",
      code: "sparse",
      host: host.name,
      message: `only ${size(status.inUseBytes)} of the ${size(status.dbBytes)} are in use`,
      remedy: "npm run etcd:defrag makes the file smaller",
    },
  ];
}

function differences(model: ClusterModel, members: readonly AnsweringMember[]): Finding[] {
  const spread = (of: (member: AnsweringMember) => string): string | undefined => {
    const groups = grouped(members, of);
    if (groups.size < 2) return undefined;
    return [...groups].map(([value, own]) => `${value} on ${own.map(({ host }) => host.name)}`).join(", ");
  };
  const versions = spread(({ status }) => status.version);
  const quotas = spread((member) => size(quotaOf(member)));
  const declared = model.etcd.quotaBytes;
  const [first] = members;
  const findings: Finding[] = [];
  if (versions !== undefined)
    findings.push({
      severity: "note",
      code: "versions-differ",
      message: `the members run different versions: ${versions}`,
      remedy: "normal in the middle of an upgrade: npm run kube:upgrade completes it",
    });
  if (quotas !== undefined)
    findings.push({
      severity: "warning",
      code: "quotas-differ",
      message: `the quotas differ: ${quotas}; the smallest one stops the whole cluster`,
      remedy: "npm run deploy:kube -- --tags etcd sets etcd.quota of the inventory on all of them",
    });
  else if (first !== undefined && quotaOf(first) !== declared)
    findings.push({
      severity: "note",
      code: "quota-undeclared",
      message: `the members' quota is ${size(quotaOf(first))}, the inventory says ${size(declared)}`,
      remedy: "npm run deploy:kube -- --tags etcd",
    });
  return findings;
}

function lag({ host, status }: AnsweringMember, leader: AnsweringMember): Finding[] {
  const behind = leader.status.raftIndex - status.raftApplied;
  if (behind <= LAG) return [];
  return [
    {
      severity: "warning",
      code: "member-lags",
      host: host.name,
      message: `is ${behind} entries behind the leader`,
      remedy: "check the speed of its disk and network; it catches up by itself when they are fast enough",
    },
  ];
}

/** Members that etcd lists and the inventory does not, and hosts whose member etcd does not list. */
function unexpectedMembers(
  model: ClusterModel,
  answers: readonly MemberAnswer[],
  members: readonly AnsweringMember[],
): Finding[] {
  const listed = members.find((member) => member.listed !== undefined)?.listed;
  if (listed === undefined) return [];
  const known = new Set(answers.flatMap(({ settings }) => (settings === undefined ? [] : [settings.name])));
  const hidden = answers.filter(({ settings }) => settings === undefined).length;
  const unknown = listed.filter(({ name }) => name !== "" && !known.has(name));
  // A host that could not be asked hides the name of its member.
  const findings: Finding[] = unknown.slice(hidden).map(({ name, peerUrls }) => ({
    severity: "warning",
    code: "member-unknown",
    message: `etcd has a member ${name} (${peerUrls.join(", ")}) that no host of ${model.name} runs; it counts for the quorum`,
    remedy: "remove a member that is lost for good: etcdctl member remove ID",
  }));
  for (const { host, status } of members)
    if (!listed.some(({ id }) => id === status.id))
      findings.push({
        severity: "critical",
        code: "member-expelled",
        host: host.name,
        message: "runs, but the cluster has no such member",
        remedy: `npm run kube:recover -- ${host.name}`,
      });
  return findings;
}

function grouped<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
