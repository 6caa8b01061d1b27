/** What vendor.yml leaves out is read by nothing that stays: looked for in every version, in git, without a checkout. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { originOf } from "../../../tasks/toolchain/fetch/mirror.ts";
import { type Pin, readPins } from "../../../tasks/toolchain/pins/pins.ts";
import { ROOT } from "../../helpers/environment.ts";
import { MIRROR, NO_MIRROR } from "../../helpers/upstream.ts";

if (MIRROR === undefined) console.warn(`skipped: ${NO_MIRROR}`);

const PINS = [...readPins(`${ROOT}/vendor`).sources.values()].flatMap(({ versions }) => [
  ...versions.values(),
]);

/** Upstream's own checks, packages and pages about itself: no playbook has part in them. */
const NO_PLAYBOOK =
  /^(?:\.[^/]+|[^/]*\.(?:md|rst|ini|cfg|py|toml|in)|[^/]*Dockerfile|Vagrantfile|galaxy\.yml|scripts\/.*|roles\/.*\/molecule\/.*|.*\/README\.md)$/;

/** Where it is read all the same, by what and when. */
const GUARDED: Readonly<Record<string, RegExp>> = {
  // Imported when openshift_examples_load_xpaas says so: the phase brings the folder back then.
  "roles/openshift_examples/files/examples/x86_64/xpaas-templates":
    /^roles\/openshift_examples\/(?:tasks\/x86_64_examples\.yml|defaults\/main\.yml|examples-sync\.sh)$/,
};

describe.skipIf(MIRROR === undefined)("nothing that stays reads what is left out", () => {
  const cases = PINS.flatMap((pin) =>
    pin.leftOut.map((path) => [pin.source, pin.version, path, pin] as const),
  );
  test.each(cases)("%s %s: %s", (_source, _version, path, pin) => {
    const readers = mentions(pin, path).filter(
      ({ file, text }) =>
        !pin.leftOut.some((left) => file === left || file.startsWith(`${left}/`)) &&
        !NO_PLAYBOOK.test(file) &&
        !isComment(text, path) &&
        GUARDED[path]?.test(file) !== true,
    );
    expect(readers).toEqual([]);
  });

  test("no link of the tree leads there", () => {
    for (const pin of PINS) {
      const links = git(pin, "ls-tree", "-r", pin.commit)
        .split("\n")
        .filter((line) => line.startsWith("120000"));
      for (const line of links) {
        const [meta = "", file = ""] = line.split("\t");
        const target = git(pin, "cat-file", "blob", meta.split(" ")[2] ?? "");
        const leads = new URL(target, `file:///${file}`).pathname.slice(1);
        const isLeft = (path: string) =>
          pin.leftOut.some((left) => path === left || path.startsWith(`${left}/`));
        expect(isLeft(leads) && !isLeft(file), `${pin.source} ${file} → ${target}`).toBe(false);
      }
    }
  });
});

/** Lines that name the path: at its beginning, or below a folder that a variable or `..` names; not inside of another one. */
function mentions(pin: Pin, path: string): readonly { readonly file: string; readonly text: string }[] {
  const name = path.replaceAll(".", "\\.");
  const last = name.split("/").at(-1) ?? name;
  // A name such as `test` or `images` is a word as well: only with a slash does it say a folder.
  const end = /^[a-z]+$/.test(path) ? "/" : `(/|["' ]*$)`;
  const pattern =
    path.includes("/") && last.includes("-") ? last : `(^|[^A-Za-z0-9_./-]|\\.\\./|\\}\\}/)${name}${end}`;
  const out = git(pin, "grep", "-nIE", pattern, pin.commit);
  return out
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [, file = "", , ...text] = line.split(":");
      return { file, text: text.join(":") };
    })
    .filter(({ file }) => isCode(file));
}

function isCode(file: string): boolean {
  return /\.(?:ya?ml|j2|py|sh|cfg|sample|json)$|(?:^|\/)[^./]+$/.test(file);
}

function isComment(text: string, path: string): boolean {
  const before = text.slice(0, text.indexOf(path.split("/").at(-1) ?? path));
  return /^\s*(?:\/\/|\* )|(?:^|\s)#|https?:\/\//.test(before);
}

function git(pin: Pin, ...args: readonly string[]): string {
  const folder = fileURLToPath(originOf(pin, MIRROR, process.cwd()).url);
  const run = spawnSync("git", ["--git-dir", folder, ...args], { encoding: "utf8", maxBuffer: 1 << 28 });
  // git grep ends with 1 when it finds nothing.
  if (run.status !== 0 && !(args[0] === "grep" && run.status === 1)) throw new Error(run.stderr);
  return run.stdout;
}
