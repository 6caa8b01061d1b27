/** A request for tests: name what the test is about. */
import type { Request } from "../../../tasks/day2/action.ts";
import { aCluster } from "../../helpers/model.ts";

export function aRequest(
  more: Partial<Omit<Request, "flags">> & { flags?: readonly string[] } = {},
): Request {
  return {
    model: aCluster(),
    names: [],
    options: {},
    installed: {},
    installable: ["1.35.4", "1.34.7", "1.33.11"],
    toolVersion: "v2.31.0",
    ...more,
    flags: new Set(more.flags ?? []),
  };
}
