/** Schema of one host, and of SSH access. */
import { z } from "zod";
import { ROLES } from "../../core/model.ts";
import {
  absolutePath,
  hostAddress,
  interfaceName,
  ipAddress,
  port,
  taintText,
  userFile,
  word,
} from "./fields.ts";
import { TAINT_EFFECTS } from "./taint.ts";

const sshFields = {
  user: word().describe(
    "User to log in as: root, or one who may use sudo without a password. Default: root.",
  ),
  port: port().describe("TCP port of the SSH server. Default: 22."),
  privateKeyFile: userFile().describe(
    "Private key to log in with; without it, the SSH agent and the user's own keys are tried.",
  ),
  knownHostsFile: userFile().describe("Own known_hosts file; without it, the user's own is used."),
  hostKeys: z
    .enum(["accept-new", "strict"])
    .describe(
      "accept-new trusts a host's key on first sight and refuses a changed one; strict never learns a key. Default: accept-new.",
    ),
};

export const ssh = z
  .strictObject(sshFields)
  .partial()
  .describe("How the hosts are reached. ~ is the home folder; relative paths start at the inventory file.");

const taint = z.union([
  taintText().describe("key=value:Effect, or key:Effect."),
  z.strictObject({
    key: z.string().describe("Such as node-role.kubernetes.io/infra."),
    value: z.string().optional().describe("May be left out."),
    effect: z.enum(TAINT_EFFECTS).describe("What happens to pods that do not tolerate the taint."),
  }),
]);

export const host = z
  .strictObject({
    ip: ipAddress().describe(
      "Main address, inside a machine network. In a host range it counts along: 10.42.253.[20:23].",
    ),
    ip6: ipAddress().optional().describe("IPv6 address of a host in a dual-stack cluster."),
    address: hostAddress()
      .optional()
      .describe("Address or name to connect to, when it is not ip (NAT, a management network)."),
    ssh: ssh.optional().describe("Overrides the cluster's ssh section for this host."),
    roles: z.array(z.enum(ROLES)).default([]).describe("What the host does; several roles can share a host."),
    zone: z.string().min(1).optional().describe("Failure domain: rack, room or site."),
    labels: z.record(z.string(), z.string()).default({}).describe("Kubernetes node labels."),
    taints: z.array(taint).default([]).describe("Kubernetes node taints."),
    devices: z
      .array(absolutePath())
      .default([])
      .describe("Whole, empty block devices for Ceph OSDs, such as /dev/vdb."),
    interface: interfaceName()
      .optional()
      .describe(
        "Interface that carries the virtual addresses on this host; overrides loadBalancer.interface.",
      ),
  })
  .describe("One machine.");
