/** Asks the control planes for the administrator's kubeconfig; reads only. */
import { type ClusterModel, type Host, hostsWith } from "../core/model.ts";
import { lastLine } from "../hosts/answer.ts";
import { askHost } from "../hosts/ask.ts";
import { type Access, accessOf } from "./access.ts";
import { readKubeconfig } from "./document.ts";

export type KubeconfigAnswer =
  | {
      readonly kind: "found";
      readonly host: string;
      readonly access: Access;
      /** What the API server on that host serves, PEM; absent when it is not where installers put it. */
      readonly certificate?: string;
      /** Why control planes before it in the inventory were passed over. */
      readonly notes: readonly string[];
    }
  /** Every control plane was reached, and none has a kubeconfig: not deployed yet. */
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
/** Keys travel in it: `cat` alone would mix them with its complaints, so a file that cannot be read ends the script. */
const SCRIPT = `
for file in ${FILES.join(" ")}; do [ -e $file ] && break; done
[ -e $file ] || { section absent echo yes; exit 0; }
cat $file || exit 1
for file in ${CERTIFICATES.join(" ")}; do
  [ -e $file ] && { section certificate cat $file; break; }
done
exit 0
`;
const SECONDS = 30;

type OneAnswer =
  | { readonly access: Access; readonly certificate?: string }
  | { readonly absent: true }
  | { readonly damaged: string }
  | { readonly silent: string };

/** From the first control plane that has a complete kubeconfig. */
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
  const answer = await askHost(model, host, SCRIPT, { env, seconds: SECONDS });
  if (answer.kind === "no-answer") return { silent: answer.reason };
  if (answer.sections.has("absent")) return { absent: true };
  if (answer.code !== 0) return { silent: lastLine(answer.stderr) || "its kubeconfig cannot be read" };
  const reading = readKubeconfig(answer.text);
  if (reading.config === undefined) return { damaged: reading.problem };
  const { access, problem } = accessOf(reading.config);
  if (access === undefined) return { damaged: problem };
  const certificate = answer.sections.get("certificate");
  return { access, ...(certificate?.code === 0 ? { certificate: certificate.text } : {}) };
}
