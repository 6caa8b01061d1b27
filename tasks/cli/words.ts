/** The words that several commands take. */
import type { PositionalSpec } from "./task.ts";

export const ONE_HOST: PositionalSpec = { usage: "HOST", complete: "host" };
export const HOSTS: PositionalSpec = { usage: "HOST…", complete: "host" };
/** None means all. */
export const HOSTS_OR_ALL: PositionalSpec = { usage: "[HOST…]", complete: "host" };
export const LAB_HOSTS: PositionalSpec = { usage: "HOST…", complete: "lab-host" };
