/** What phases hand to later ones, typed. The playbooks write these files, run/read-output.ts reads them. */
import { z } from "zod";

/** All that ceph-csi needs. `key` is a secret. */
export const cephOutput = z.strictObject({
  version: z.literal(1),
  fsid: z.uuid(),
  /** `address:port` of each monitor. */
  monitors: z.array(z.string().min(1)).min(1),
  /** RBD pools that the user may use; the first is the default one. */
  pools: z.array(z.string().min(1)).min(1),
  /** Without `client.`. */
  user: z.string().min(1),
  key: z.string().min(1),
});
export type CephOutput = z.output<typeof cephOutput>;

export const OUTPUTS = { ceph: cephOutput } as const;
export type OutputName = keyof typeof OUTPUTS;
export type Output<Name extends OutputName> = z.output<(typeof OUTPUTS)[Name]>;

/** Which phase writes it. */
export const WRITTEN_BY: Readonly<Record<OutputName, string>> = { ceph: "prep-hosts" };
