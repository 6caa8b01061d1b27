/** Schema of one storage class on Ceph. */
import { z } from "zod";
import { dnsName, word } from "./fields.ts";

export const storageClass = z.strictObject({
  name: dnsName().describe("Name of the class, such as ceph-rbd."),
  pool: word().describe("One of storage.ceph.pools, with the application rbd or cephfs."),
  default: z.boolean().default(false).describe("Claims that name no class get this one; at most one class."),
  reclaimPolicy: z
    .enum(["Delete", "Retain"])
    .default("Delete")
    .describe("What becomes of the data when its claim is deleted."),
  fsType: z.enum(["ext4", "xfs"]).default("ext4").describe("File system of rbd volumes."),
});
