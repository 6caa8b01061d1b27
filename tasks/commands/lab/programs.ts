/** npm run lab:programs */
import { join } from "node:path";
import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import type { Task, TaskContext } from "../../cli/task.ts";
import { InputError, VendorError } from "../../core/errors.ts";
import { aboutMinutes, describeProgramEvent } from "../../lab/kubernetes/events.ts";
import { type ProgramsManifest, PURPOSE } from "../../lab/kubernetes/manifest.ts";
import { findMissing } from "../../lab/kubernetes/missing.ts";
import { labelOf } from "../../lab/kubernetes/plan.ts";
import { buildPrograms, type ProgramsRequest, planPrograms } from "../../lab/kubernetes/programs.ts";
import { storePlaces } from "../../lab/kubernetes/store.ts";
import { verifyPrograms } from "../../lab/kubernetes/verify.ts";
import { labPlaces } from "../../lab/places.ts";
import { duration, size, table } from "../../report/text.ts";

export const task: Task = {
  options: {
    plan: { type: "boolean", help: "show what is there and what would be built; build nothing" },
    verify: { type: "boolean", help: "read every byte and compare checksums; build nothing" },
    kubernetes: {
      type: "string",
      multiple: true,
      separated: true,
      value: "VERSION[,VERSION]",
      help: "build for these only, such as 1.34.4",
      default: "all in the list",
    },
    ...FORMAT_OPTION,
  },
  description: `Builds the programs and images of a Kubernetes for labs without internet, from the Go modules that
lab/kubernetes/programs.yml pins, into /var/cache/kube-magic/kubernetes-programs. What is there already is kept, and
an interrupted build continues with the next program. They are rebuilt for tests: only labs may use them.`,
  async run(context) {
    const { args, err } = context;
    if (args.flags.has("plan") && args.flags.has("verify"))
      throw new InputError("--plan and --verify are two different questions", {
        remedy: "choose one of them",
      });
    const request = requestOf(context);
    if (args.flags.has("plan")) return showPlan(request, context);
    if (args.flags.has("verify")) return await verify(request, context);
    const started = Date.now();
    const manifest = await buildPrograms(request, (event) => err(`${describeProgramEvent(event)}\n`));
    showManifest(manifest, request, (Date.now() - started) / 1000, context);
    return undefined;
  },
};

function requestOf({ args, paths, env }: TaskContext): ProgramsRequest {
  return {
    sources: join(paths.root, "lab/kubernetes"),
    cache: labPlaces("lab", env).cache,
    kubernetes: args.values.get("kubernetes") ?? [],
    env,
  };
}

function showPlan(request: ProgramsRequest, { args, out }: TaskContext): undefined {
  const { store, items } = planPrograms(request);
  const missing = findMissing(store, items);
  const open = new Set(missing.items.map(({ key }) => key));
  const rows = items.map((item) => ({
    kind: item.kind,
    name: item.name,
    version: item.version,
    replaces: item.kind === "file" ? item.url : item.reference,
    state: open.has(item.key) ? ("missing" as const) : ("ready" as const),
  }));
  if (wantsJson(args)) {
    const programs = missing.programs.map(({ name, build }) => `${name} ${build.version}`);
    out(
      `${JSON.stringify({ purpose: PURPOSE, items: rows, programs, minutes: missing.minutes }, undefined, 2)}\n`,
    );
    return;
  }
  out(
    `${table([["what", "state", "replaces"], ...rows.map((row) => [labelOf(row), row.state, row.replaces])])}\n\n`,
  );
  out(
    missing.items.length === 0
      ? `everything is ready in ${store.root}\n`
      : `${missing.programs.length} programs to build: ${aboutMinutes(missing.minutes)} on two idle cores\n  → npm run lab:programs\n`,
  );
}

async function verify(request: ProgramsRequest, { out }: TaskContext): Promise<undefined> {
  const { root } = storePlaces(request.cache);
  const { files, images, faults } = await verifyPrograms(storePlaces(request.cache));
  if (faults.length > 0)
    throw new VendorError(`${faults.length} fault(s) in ${root}`, {
      output: faults.join("\n"),
      remedy: `remove the files that are named above, below ${root}; then: npm run lab:programs, which makes only those again`,
    });
  out(`${files} files and ${images} images in ${root} are exactly as they were built\n`);
}

function showManifest(
  manifest: ProgramsManifest,
  { cache }: ProgramsRequest,
  seconds: number,
  { args, out }: TaskContext,
): void {
  if (wantsJson(args)) {
    out(`${JSON.stringify(manifest, undefined, 2)}\n`);
    return;
  }
  const { files, images } = manifest;
  const rows = [
    ...files.map((file) => [labelOf(file), size(file.size), file.fileName]),
    ...images.map((image) => [labelOf(image), size(image.size), image.reference]),
  ];
  out(`${table([["what", "size", "as"], ...rows])}\n\n`);
  out(
    `${files.length} files and ${images.length} images, ${PURPOSE}, are ready in ${storePlaces(cache).root} (${duration(seconds)})\n`,
  );
}
