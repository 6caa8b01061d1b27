/** Schema of the pass-through variables. */
import { z } from "zod";

const tool = (description: string) =>
  z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .default({})
    .describe(`${description} Group → variables; the group "hosts" holds host → variables.`);

/** The section tools. */
export const tools = z
  .strictObject({
    kubespray: tool("Variables for kubespray, for settings without a section."),
    "ceph-ansible": tool("Variables for ceph-ansible, for settings without a section."),
    "openshift-ansible": tool("Variables for openshift-ansible; most belong to the group OSEv3."),
    custom: tool("Variables for the roles of kube-magic."),
  })
  .describe("Pass-through: variables with the tools' own names, for settings without a section.");
