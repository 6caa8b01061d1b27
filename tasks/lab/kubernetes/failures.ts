/** What a failed command of the build means for the user. Pure. */
import { GateError, type KubeMagicError, VendorError } from "../../core/errors.ts";
import type { CommandResult } from "../../io/command/capture.ts";
import type { ModuleBuild } from "./plan.ts";

const FULL = /no space left on device|disk quota exceeded/i;
const REFUSED =
  /\b(403 Forbidden|404 Not Found|410 Gone)\b|unknown revision|module version is not available/i;
const UNREACHABLE = /dial tcp|no such host|connection refused|i\/o timeout|TLS handshake|proxyconnect/i;

/** The error for a command that ended with another code than 0. */
export function commandFailed(what: string, { code, stdout, stderr }: CommandResult): KubeMagicError {
  const output = lastLines(`${stdout}\n${stderr}`, 15);
  if (FULL.test(output))
    return new GateError(`${what}: no space left on the disk`, {
      output,
      remedy:
        "free some space (go clean -cache empties Go's own cache), then npm run lab:programs continues with this one",
    });
  return new VendorError(`${what} (exit code ${code})`, {
    output,
    remedy: "repair the cause that the output names, then npm run lab:programs continues with this one",
  });
}

/** The error for a module that could not be downloaded. */
export function downloadFailed({ module, version }: ModuleBuild, result: CommandResult): KubeMagicError {
  const output = lastLines(`${result.stdout}\n${result.stderr}`, 8);
  if (FULL.test(output)) return commandFailed(`${module} ${version} could not be downloaded`, result);
  if (REFUSED.test(output))
    return new VendorError(`the Go module registry does not serve ${module} ${version}`, {
      output,
      remedy: "choose another version in lab/kubernetes/programs.yml; go list -m -versions MODULE lists them",
    });
  if (UNREACHABLE.test(output))
    return new VendorError(`the Go module registry cannot be reached for ${module} ${version}`, {
      output,
      remedy: "check the network and `go env GOPROXY`, then npm run lab:programs continues with this one",
    });
  return commandFailed(`${module} ${version} could not be downloaded`, result);
}

function lastLines(text: string, count: number): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("go: downloading"));
  return lines.slice(-count).join("\n");
}
