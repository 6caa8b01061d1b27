/** Schema of one storage class on Ceph. */
import { z } from "zod";
import { dnsName, word } from "./fields.ts";

/** An entry of storage.ceph.storageClasses. */
export const storageClass = z.strictObject({
  name: dnsName().describe("Name of the class, such as ceph-rbd."),
  pool: word().describe("One of storage.ceph.pools, with the application rbd or cephfs."),
  default: z
    .boolean()
    .default(false)
    .describe("Use this class for claims without a class; at most one class has it."),
  reclaimPolicy: z
    .enum(["Delete", "Retain"])
    .default("Delete")
    .describe("What happens to the data when its claim is deleted."),
  fsType: z.enum(["ext4", "xfs"]).default("ext4").describe("File system of rbd volumes."),
});
