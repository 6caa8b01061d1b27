import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEventReader } from "../../../tasks/ansible/event-reader.ts";
import type { PhaseEvent } from "../../../tasks/core/events.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kube-magic-events-"));
  file = join(folder, "events.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const skipped = (host: string): PhaseEvent => ({
  kind: "host-skipped",
  time: 1,
  phase: "p",
  task: "t",
  host,
});
const line = (event: object): string => `${JSON.stringify(event)}\n`;

test("hands over every event once, however the bytes arrive", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme" }), { maxLength: 20 }),
      fc.array(fc.nat(50), { maxLength: 60 }),
      (hosts, cuts) => {
        const path = join(folder, `${Math.random()}.jsonl`);
        const seen: string[] = [];
        const reader = openEventReader(
          path,
          0,
          (event) => event.kind === "host-skipped" && seen.push(event.host),
        );
        const bytes = Buffer.from(hosts.map((host) => line(skipped(host))).join(""));
        let offset = 0;
        for (const cut of [...cuts, bytes.length]) {
          appendFileSync(path, bytes.subarray(offset, offset + cut));
          offset = Math.min(bytes.length, offset + cut);
          reader.poll();
        }
        expect(seen).toEqual(hosts);
        expect([reader.damaged, reader.pending]).toEqual([0, 0]);
        reader.close();
      },
    ),
    { numRuns: 60 },
  );
});

test("tells of a cut end and a damaged line, and reads on", () => {
  const seen: string[] = [];
  const reader = openEventReader(file, 0, (event) => event.kind === "host-skipped" && seen.push(event.host));
  appendFileSync(file, `${line(skipped("a"))}{"kind": "host-sk\n${line(skipped("b"))}{"kind": "host`);
  reader.poll();
  expect(seen).toEqual(["a", "b"]);
  expect(reader.damaged).toBe(1);
  expect(reader.pending).toBeGreaterThan(0);
  reader.close();
});

test("leaves the runner's own events and older lines alone", () => {
  const old = line(skipped("old"));
  appendFileSync(file, old);
  const seen: string[] = [];
  const reader = openEventReader(file, Buffer.byteLength(old), (event) => seen.push(event.kind));
  appendFileSync(
    file,
    line({ kind: "phase-start", time: 1, phase: "p", title: "P", log: "l" }) + line(skipped("new")),
  );
  reader.poll();
  expect(seen).toEqual(["host-skipped"]);
  reader.close();
});
