/** Asks the control planes over SSH for the administrator's kubeconfig; reads only. */
import { type ClusterModel, type Host, hostsWith } from "../core/model.ts";
import { capture } from "../io/shell.ts";
import { sshCommandTo } from "../render/connection.ts";
import { type Access, accessOf } from "./access.ts";
import { readKubeconfig } from "./document.ts";

export type KubeconfigAnswer =
  | {
      readonly kind: "found";
      readonly host: string;
      readonly access: Access;
      /** What the API server on that host serves, PEM; absent when it is not where installers put it. */
      readonly certificate?: string;
      /** What other control planes said before. */
      readonly notes: readonly string[];
    }
  /** Every control plane was reached, and none has one: not deployed yet. */
  | { readonly kind: "absent" }
  | { readonly kind: "damaged"; readonly reasons: readonly string[] }
  | { readonly kind: "silent"; readonly reasons: readonly string[] };

/** kubeadm's, which kubespray uses too, and OpenShift 3.11's. */
const FILES = ["/etc/kubernetes/admin.conf", "/etc/origin/master/admin.kubeconfig"];
const CERTIFICATES = [
  "/etc/kubernetes/ssl/apiserver.crt",
  "/etc/kubernetes/pki/apiserver.crt",
  "/etc/origin/master/master.server.crt",
];
const ABSENT = "kube-magic: no kubeconfig here";
const CUT = "kube-magic: certificate";
/** No apostrophe and no exclamation mark in here: it travels in quotes. */
const QUESTION = [
  `for file in ${FILES.join(" ")}; do test -e $file && break; done`,
  `test -e $file || { echo "${ABSENT}"; exit 0; }`,
  "cat $file || exit 1",
  `for file in ${CERTIFICATES.join(" ")}; do test -e $file && { echo; echo "${CUT}"; cat $file; break; }; done`,
  "exit 0",
].join("; ");
const TIMEOUT_MS = 30_000;

type OneAnswer =
  | { readonly access: Access; readonly certificate?: string }
  | { readonly absent: true }
  | { readonly damaged: string }
  | { readonly silent: string };

/** The first control plane with a whole one. */
export async function askForKubeconfig(
  model: ClusterModel,
  env: NodeJS.ProcessEnv,
): Promise<KubeconfigAnswer> {
  const damaged: string[] = [];
  const silent: string[] = [];
  for (const host of hostsWith(model, "control-plane")) {
    const answer = await askOne(model, host, env);
    if ("access" in answer)
      return { kind: "found", host: host.name, ...answer, notes: [...silent, ...damaged] };
    if ("damaged" in answer) damaged.push(`${host.name}: ${answer.damaged}`);
    if ("silent" in answer) silent.push(`${host.name}: ${answer.silent}`);
  }
  if (damaged.length > 0) return { kind: "damaged", reasons: [...damaged, ...silent] };
  return silent.length > 0 ? { kind: "silent", reasons: silent } : { kind: "absent" };
}

async function askOne(model: ClusterModel, host: Host, env: NodeJS.ProcessEnv): Promise<OneAnswer> {
  const shell = host.ssh.user === "root" ? "sh" : "sudo -n sh";
  const argv: [string, ...string[]] = [...sshCommandTo(model, host), `${shell} -c '${QUESTION}'`];
  const { code, stdout, stderr } = await capture(argv, { env, timeoutMs: TIMEOUT_MS });
  if (code !== 0) {
    const said = stderr.trim().split("\n").at(-1);
    return { silent: said === undefined || said === "" ? `no answer within ${TIMEOUT_MS / 1000} s` : said };
  }
  if (stdout.startsWith(ABSENT)) return { absent: true };
  const [text = "", certificate] = stdout.split(`\n${CUT}\n`);
  const reading = readKubeconfig(text);
  if (reading.config === undefined) return { damaged: reading.problem };
  const { access, problem } = accessOf(reading.config);
  if (access === undefined) return { damaged: problem };
  return { access, ...(certificate === undefined ? {} : { certificate }) };
}
