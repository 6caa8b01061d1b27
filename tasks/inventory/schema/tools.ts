/** Schema of the pass-through variables. */
import { z } from "zod";

const variables = z.record(z.string(), z.unknown()).describe("Variables in the tool's own names.");

const tool = (description: string) =>
  z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .default({})
    .describe(`${description} Group → variables; the group "hosts" holds host → variables.`);

export const tools = z
  .strictObject({
    kubespray: tool("Variables for kubespray, for all that has no section here."),
    "ceph-ansible": tool("Variables for ceph-ansible, for all that has no section here."),
    "openshift-ansible": tool("Variables for openshift-ansible; most belong to the group OSEv3."),
    custom: tool("Variables for kube-magic's own roles."),
  })
  .describe("Pass-through: variables in each tool's own names, for all that has no section here.");

export { variables };
