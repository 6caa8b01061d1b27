/** Our own Go main module around a published one, and the command that builds a program in it. Pure. */
import type { ModuleBuild, Program } from "./plan.ts";

/** Path of the main module: a name that no registry has. */
const MAIN_MODULE = "kube-magic.test/programs";

/** What our module takes over from the published module's own go.mod, which Go reads in a main module only. */
export interface UpstreamModule {
  readonly go: string;
  /** `godebug` settings, as written. */
  readonly godebug: readonly string[];
  /** Modules that it takes from its own tree. */
  readonly siblings: readonly string[];
}

/** Reads what matters to us of a go.mod. */
export function parseGoMod(text: string): UpstreamModule {
  const lines = text.split("\n").map((line) => line.replace(/\/\/.*/, "").trim());
  return {
    go: lines.find((line) => /^go \d/.test(line))?.slice(3) ?? "1.24.0",
    godebug: lines.flatMap((line) => /^godebug (\w+=\S+)$/.exec(line)?.[1] ?? []),
    siblings: lines.flatMap((line) => /^(?:replace )?(\S+) => \.\//.exec(line)?.[1] ?? []),
  };
}

/** go.mod of our main module: it requires the published one, and the published siblings in place of its own tree. */
export function mainGoMod(build: ModuleBuild, upstream: UpstreamModule): string {
  const { siblings } = build;
  const lines = [`module ${MAIN_MODULE}`, "", `go ${upstream.go}`, ""];
  if (upstream.godebug.length > 0) lines.push(...upstream.godebug.map((one) => `godebug ${one}`), "");
  if (build.module !== undefined) lines.push(`require ${build.module} ${build.version}`, "");
  if (siblings !== undefined && upstream.siblings.length > 0)
    lines.push("replace (", ...upstream.siblings.map((one) => `\t${one} => ${one} ${siblings}`), ")", "");
  return lines.join("\n");
}

export interface GoCommand {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** Builds one program. The compiler gives way to everything else on this machine, and never outlives us. */
export function buildCommand(program: Program, output: string): GoCommand {
  const { build } = program;
  const path = [build.module, ...(program.package === "." ? [] : [program.package])];
  const stamps = Object.entries(build.stamp).map(([variable, text]) => `-X ${variable}=${text}`);
  const linker = ["-s", "-w", ...(build.cgo ? ["-extldflags=-static"] : []), ...stamps];
  return {
    argv: [
      ...["setpriv", "--pdeathsig", "KILL", "nice", "-n", "19"],
      ...(["go", "build", "-mod=mod", "-p", "2", "-trimpath"] as const),
      ...(build.tags.length > 0 ? [`-tags=${build.tags.join(",")}`] : []),
      `-ldflags=${linker.join(" ")}`,
      ...["-o", output, build.module === undefined ? "." : path.join("/")],
    ] as [string, ...string[]],
    env: { CGO_ENABLED: build.cgo ? "1" : "0", GOMAXPROCS: "2", GOWORK: "off" },
  };
}
