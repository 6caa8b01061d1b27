/** Which labs exist on this machine. */
import { existsSync, readdirSync } from "node:fs";
import { labPlaces } from "./places.ts";

/** Sorted. */
export function labNames(env: NodeJS.ProcessEnv): readonly string[] {
  const { labs } = labPlaces("lab", env);
  return existsSync(labs)
    ? readdirSync(labs)
        .filter((name) => existsSync(labPlaces(name, env).stateFile))
        .sort()
    : [];
}
