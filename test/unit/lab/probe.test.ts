import { describe, expect, it } from "vitest";
import { type ProbeResult, summarize } from "../../../tasks/lab/probe.ts";

const answer = (endedAt: number, backend = "master1", holder = "aa"): ProbeResult => ({
  startedAt: endedAt - 5,
  endedAt,
  outcome: { kind: "answer", status: 200, backend, holder },
});
const failure = (endedAt: number, reason = "TIMEOUT"): ProbeResult => ({
  startedAt: endedAt - 500,
  endedAt,
  outcome: { kind: "failure", reason },
});

describe("summary of a probe", () => {
  it("knows no gap without two answers", () => {
    expect(summarize([]).longestGap).toBeUndefined();
    expect(summarize([failure(1), answer(2)]).longestGap).toBeUndefined();
  });

  it("measures the longest time between two answers, in whatever order the results ended", () => {
    const results = [answer(100), answer(3300), failure(700), answer(3200), answer(200), failure(2700)];
    expect(summarize(results).longestGap).toEqual({ from: 200, to: 3200, ms: 3000 });
  });

  it("counts backends, failures and the moves of the address", () => {
    const results = [
      answer(1),
      answer(2, "master2"),
      failure(3),
      answer(4, "master1", "bb"),
      answer(5, "master1", "aa"),
    ];
    expect(summarize(results)).toMatchObject({
      requests: 5,
      answers: 4,
      backends: { master1: 3, master2: 1 },
      holders: ["aa", "bb", "aa"],
      failures: { TIMEOUT: 1 },
    });
  });
});
