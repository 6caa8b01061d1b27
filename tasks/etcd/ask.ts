/** Asks every member for its status at the same time, over one SSH connection each; reads only. */
import { type ClusterModel, etcdHosts, type Host } from "../core/model.ts";
import type { Section } from "../hosts/answer.ts";
import { askHost } from "../hosts/ask.ts";
import { PRELUDE, QUESTION_SECONDS, readSettings, settingsVariables } from "./host-script.ts";
import type { MemberAnswer, MemberSettings, SilenceKind } from "./member.ts";
import { lastError, readMembers, readStatus } from "./read-answers.ts";

/** All questions at the same time: without a quorum, two of them take their whole time limit. */
const STATUS = `${PRELUDE}
section settings print_settings
[ -n "$etcdctl" ] || exit 4
folder=$(mktemp -d /run/kube-magic.XXXXXX 2>/dev/null || mktemp -d) || exit 5
trap 'rm -rf "$folder"' EXIT
ask endpoint status -w json >"$folder/status" 2>&1 &
status=$!
ask endpoint health -w json >"$folder/health" 2>&1 &
[ "$LIST" = yes ] && ask member list -w json >"$folder/members" 2>&1 &
if ! wait $status; then
  section missing missing_files
  command -v openssl >/dev/null && section verify verify_certificates
  [ $form = service ] && section unit systemctl is-active etcd
fi
wait
section status cat "$folder/status"
section health cat "$folder/health"
[ "$LIST" = yes ] && section members cat "$folder/members"
`;

const SECONDS = QUESTION_SECONDS * 3 + 10;

/** The first member that answers is also asked for the list of all members. */
export async function askMembers(
  model: ClusterModel,
  env: NodeJS.ProcessEnv,
  hosts: readonly Host[] = etcdHosts(model),
): Promise<readonly MemberAnswer[]> {
  const ask = (host: Host, list: boolean): Promise<MemberAnswer> => askMember(model, host, env, list);
  const answers = await Promise.all(hosts.map((host, index) => ask(host, index === 0)));
  if (answers[0]?.kind === "answers") return answers;
  const other = answers.find((answer) => answer.kind === "answers" && answer.status.leader !== "0");
  if (other === undefined) return answers;
  const asked = await ask(other.host, true);
  return answers.map((answer) => (answer === other ? asked : answer));
}

async function askMember(
  model: ClusterModel,
  host: Host,
  env: NodeJS.ProcessEnv,
  list: boolean,
): Promise<MemberAnswer> {
  const answer = await askHost(model, host, STATUS, {
    env,
    seconds: SECONDS,
    variables: { ...settingsVariables(model), LIST: list ? "yes" : "" },
  });
  if (answer.kind === "no-answer") return { kind: "silent", host, why: "unreachable", reason: answer.reason };
  return interpret(host, answer.sections);
}

/** Exported for tests. What the sections of the script mean. */
export function interpret(host: Host, sections: ReadonlyMap<string, Section>): MemberAnswer {
  const text = (name: string): string => sections.get(name)?.text.trim() ?? "";
  const absent = sections.get("absent");
  if (absent !== undefined)
    return {
      kind: "silent",
      host,
      why: "absent",
      reason: `no etcd: none of ${absent.text.trim()} exists`,
    };
  const printed = sections.get("settings");
  if (printed === undefined) return { kind: "silent", host, why: "silent", reason: "did not answer" };
  const settings = readSettings(printed);
  const silent = (why: SilenceKind, reason: string): MemberAnswer => ({
    kind: "silent",
    host,
    settings,
    why,
    reason,
  });
  if (settings.tools.etcdctl === undefined) return silent("tools", "etcdctl is not installed on the host");
  const status = readStatus(text("status"), text("health"));
  if (status !== undefined) {
    const listed = readMembers(text("members"));
    return { kind: "answers", host, settings, status, ...(listed === undefined ? {} : { listed }) };
  }
  if (text("missing") !== "") return silent("certificate", text("missing").split("\n").join(", "));
  return silent(
    ...explain({ error: lastError(text("status")), unit: text("unit"), verified: text("verify") }, settings),
  );
}

interface Symptoms {
  readonly error: string;
  readonly unit: string;
  /** What openssl reports about the certificates; "" when they are good. */
  readonly verified: string;
}

/** Why `endpoint status` of a member fails. etcdctl reports a wrong certificate only when its time limit allows. */
function explain({ error, unit, verified }: Symptoms, settings: MemberSettings): [SilenceKind, string] {
  const tls = /(x509: .*|tls: .*|authentication handshake failed.*)/.exec(error)?.[1];
  if (tls !== undefined) return ["certificate", `wrong certificate: ${tls.replace(/["\\]+$/, "")}`];
  if (verified !== "") return ["certificate", `wrong certificate: ${verified.split("\n")[0]}`];
  if (settings.form === "service" && unit !== "" && unit !== "active")
    return ["stopped", `etcd.service is ${unit}`];
  if (/connection refused/.test(error))
    return ["stopped", `nothing listens on ${settings.endpoint}, ${stateOf(settings, unit)}`];
  return ["silent", error === "" ? `no answer on ${settings.endpoint}` : shortened(error)];
}

function stateOf({ form }: MemberSettings, unit: string): string {
  return form === "pod" ? "the static pod does not run" : `etcd.service is ${unit}`;
}

function shortened(text: string): string {
  return text.replaceAll(/\s+/g, " ").slice(0, 200);
}
