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
  user: word().describe("User to log in as: root, or a user with sudo without a password. Default: root."),
  port: port().describe("TCP port of the SSH server. Default: 22."),
  privateKeyFile: userFile().describe(
    "Private key to log in with. Default: the SSH agent and the user's own keys.",
  ),
  knownHostsFile: userFile().describe(
    "File with the keys of the hosts. Default: the user's own known_hosts file.",
  ),
  hostKeys: z
    .enum(["accept-new", "strict"])
    .describe(
      "accept-new: accept the key of an unknown host, and refuse a changed key. strict: accept only known keys. Default: accept-new.",
    ),
};

/** The section ssh, of the cluster or of one host. */
export const ssh = z
  .strictObject(sshFields)
  .partial()
  .describe(
    "How to log in to the hosts. ~ is the home folder; other relative paths start at the inventory file.",
  );

const taint = z.union([
  taintText().describe("key=value:Effect, or key:Effect."),
  z.strictObject({
    key: z.string().describe("For example node-role.kubernetes.io/infra."),
    value: z.string().optional().describe("Optional."),
    effect: z.enum(TAINT_EFFECTS).describe("What happens to pods that do not tolerate the taint."),
  }),
]);

/** An entry of the section hosts. */
export const host = z
  .strictObject({
    ip: ipAddress().describe(
      "Main address, inside network.machines. In a host range, write a range: 10.42.253.[20:23].",
    ),
    ip6: ipAddress().optional().describe("IPv6 address of a host in a dual-stack cluster."),
    address: hostAddress()
      .optional()
      .describe("Address or name to connect to, when it differs from ip (NAT, a management network)."),
    ssh: ssh.optional().describe("Overrides the cluster's ssh section for this host."),
    roles: z.array(z.enum(ROLES)).default([]).describe("What the host does. A host can have several roles."),
    zone: z.string().min(1).optional().describe("Failure domain: rack, room or site."),
    labels: z.record(z.string(), z.string()).default({}).describe("Kubernetes node labels."),
    taints: z.array(taint).default([]).describe("Kubernetes node taints."),
    devices: z
      .array(absolutePath())
      .default([])
      .describe("Whole, empty block devices for Ceph OSDs, such as /dev/vdb."),
    interface: interfaceName()
      .optional()
      .describe("Interface for the virtual addresses on this host; overrides loadBalancer.interface."),
  })
  .describe("One machine.");
