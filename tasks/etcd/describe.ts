/** Members and findings as text. */
import { size, table } from "../report/text.ts";
import { type Finding, quotaOf, type Verdict } from "./judge.ts";
import { type AnsweringMember, answeringMembers, type MemberAnswer } from "./member.ts";

const COLUMNS = [
  "member",
  "version",
  "state",
  "raft index",
  "database",
  "in use",
  "quota",
  "used",
  "alarms",
  "health",
  "latency",
];

export function describeStatus(cluster: string, answers: readonly MemberAnswer[], verdict: Verdict): string {
  const up = answeringMembers(answers).length;
  const head = `${cluster}: etcd ${verdict.state}, ${up} of ${answers.length} members answer`;
  const rows = answers.map((answer) => (answer.kind === "answers" ? memberRow(answer) : silentRow(answer)));
  return [head, table([COLUMNS, ...rows]), ...verdict.findings.map(describeFinding), ""].join("\n");
}

export function describeFinding({ severity, host, message, remedy }: Finding): string {
  const who = host === undefined ? "" : `${host}: `;
  return `${severity}: ${who}${message}\n  → ${remedy}`;
}

function memberRow(member: AnsweringMember): string[] {
  const { host, status } = member;
  const quota = quotaOf(member);
  return [
    host.name,
    status.version,
    stateOf(member),
    String(status.raftIndex),
    size(status.dbBytes),
    size(status.inUseBytes),
    size(quota),
    `${((status.dbBytes / quota) * 100).toFixed(0)} %`,
    ownAlarms(member),
    status.healthy ? "ok" : "not ok",
    status.latencyMs === undefined ? "-" : `${status.latencyMs.toFixed(1)} ms`,
  ];
}

function silentRow({ host, why }: Extract<MemberAnswer, { kind: "silent" }>): string[] {
  return [host.name, ...COLUMNS.slice(1, -2).map(() => "-"), why, "-"];
}

function stateOf({ status }: AnsweringMember): string {
  if (status.isLearner) return "learner";
  if (status.leader === "0") return "no leader";
  return status.id === status.leader ? "leader" : "follower";
}

/** Alarms that this member has raised itself. */
function ownAlarms({ status }: AnsweringMember): string {
  const raised = status.alarms.filter(({ member }) => member === status.id).map(({ kind }) => kind);
  return raised.length === 0 ? "none" : raised.join(", ");
}
