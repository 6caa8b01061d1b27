/**
 * A client that sends requests to an address and records every answer: how long none came, and which host answered.
 * Each request opens a new TCP and TLS connection, as a new client would.
 */
import { readFileSync } from "node:fs";
import { request } from "node:https";

export interface ProbeOptions {
  readonly host: string;
  readonly port: number;
  /** Default `/`. */
  readonly path?: string;
  /** Milliseconds from one request's start to the next one's, whether or not that has ended. Default 100. */
  readonly intervalMs?: number;
  /** Milliseconds after which a request without an answer counts as failed. Default 500. */
  readonly timeoutMs?: number;
  /** Ends the probing. */
  readonly signal?: AbortSignal;
}

export interface ProbeResult {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: ProbeAnswer | ProbeFailure;
}

export interface ProbeAnswer {
  readonly kind: "answer";
  readonly status: number;
  /** Host that answered, where the body is a JSON object with its name as `host`. */
  readonly backend?: string;
  /** Hardware address behind the address at that moment: identifies the load balancer that owned it (IPv4, same link). */
  readonly holder?: string;
}

export interface ProbeFailure {
  readonly kind: "failure";
  /** An error code such as ECONNREFUSED, or TIMEOUT, or a message. */
  readonly reason: string;
}

/** Time without an answer, between the ends of two answered requests. */
export interface ProbeGap {
  readonly from: number;
  readonly to: number;
  readonly ms: number;
}

export interface ProbeSummary {
  readonly requests: number;
  readonly answers: number;
  readonly longestGap: ProbeGap | undefined;
  /** Answers by backend, in the order in which they first answered. */
  readonly backends: Readonly<Record<string, number>>;
  /** Hardware addresses that owned the address, in order, without repeats in a row. */
  readonly holders: readonly string[];
  /** Failures by reason. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Yields the result of each request as it ends, until the signal aborts. TLS certificates are not verified. */
export async function* probeAddress(options: ProbeOptions): AsyncGenerator<ProbeResult, void> {
  const ended: ProbeResult[] = [];
  let wake = (): void => {};
  let pending = 0;
  const start = (): void => {
    pending += 1;
    void ask(options).then((result) => {
      pending -= 1;
      ended.push(result);
      wake();
    });
  };
  const aborted = (): boolean => options.signal?.aborted ?? false;
  const stop = (): void => wake();
  options.signal?.addEventListener("abort", stop);
  start();
  const timer = setInterval(start, options.intervalMs ?? 100);
  try {
    for (;;) {
      for (let next = ended.shift(); next !== undefined; next = ended.shift()) yield next;
      if (aborted()) clearInterval(timer);
      if (aborted() && pending === 0) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (ended.length > 0 || (aborted() && pending === 0)) resolve();
      });
    }
  } finally {
    clearInterval(timer);
    options.signal?.removeEventListener("abort", stop);
  }
}

export interface Probe {
  /** Everything so far, in order of ending. */
  readonly results: readonly ProbeResult[];
  /** Resolves with the first answer that ends after `since` (milliseconds since the epoch). */
  answered(since: number, timeoutMs: number): Promise<ProbeResult>;
  /** Ends the probing, waits for the requests under way. */
  stop(): Promise<ProbeSummary>;
}

/** Probes in the background. */
export function startProbe(options: Omit<ProbeOptions, "signal">): Probe {
  const controller = new AbortController();
  const results: ProbeResult[] = [];
  const done = (async () => {
    for await (const result of probeAddress({ ...options, signal: controller.signal })) results.push(result);
  })();
  return {
    results,
    async answered(since, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const found = results.find(({ endedAt, outcome }) => outcome.kind === "answer" && endedAt > since);
        if (found !== undefined) return found;
        if (Date.now() > deadline)
          throw new Error(`no answer from ${options.host}:${options.port} in ${timeoutMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async stop() {
      controller.abort();
      await done;
      return summarize(results);
    },
  };
}

/** Sums up a series of results. */
export function summarize(results: readonly ProbeResult[]): ProbeSummary {
  const backends: Record<string, number> = {};
  const failures: Record<string, number> = {};
  const holders: string[] = [];
  let longestGap: ProbeGap | undefined;
  let last: number | undefined;
  let answers = 0;
  for (const { endedAt, outcome } of [...results].sort((a, b) => a.endedAt - b.endedAt)) {
    if (outcome.kind === "failure") {
      failures[outcome.reason] = (failures[outcome.reason] ?? 0) + 1;
      continue;
    }
    answers += 1;
    if (outcome.backend !== undefined) backends[outcome.backend] = (backends[outcome.backend] ?? 0) + 1;
    if (outcome.holder !== undefined && outcome.holder !== holders.at(-1)) holders.push(outcome.holder);
    if (last !== undefined && endedAt - last > (longestGap?.ms ?? 0)) {
      longestGap = { from: last, to: endedAt, ms: endedAt - last };
    }
    last = endedAt;
  }
  return { requests: results.length, answers, longestGap, backends, holders, failures };
}

function ask({ host, port, path = "/", timeoutMs = 500 }: ProbeOptions): Promise<ProbeResult> {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const end = (outcome: ProbeResult["outcome"]): void => {
      clearTimeout(timer);
      resolve({ startedAt, endedAt: Date.now(), outcome });
    };
    const call = request({ host, port, path, agent: false, rejectUnauthorized: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        body += part;
      });
      response.on("error", () => end({ kind: "failure", reason: "connection lost" }));
      response.on("end", () => end(answer(host, response.statusCode ?? 0, body)));
    });
    const timer = setTimeout(() => {
      end({ kind: "failure", reason: "TIMEOUT" });
      call.destroy();
    }, timeoutMs);
    call.on("error", (error: NodeJS.ErrnoException) =>
      end({ kind: "failure", reason: error.code ?? error.message }),
    );
    call.end();
  });
}

function answer(host: string, status: number, body: string): ProbeAnswer {
  const backend = /"host": *"([^"]+)"/.exec(body)?.[1];
  const holder = hardwareAddress(host);
  return {
    kind: "answer",
    status,
    ...(backend === undefined ? {} : { backend }),
    ...(holder === undefined ? {} : { holder }),
  };
}

/** From the kernel's table; reading this file is cheaper than running a command. */
function hardwareAddress(host: string): string | undefined {
  let table: string;
  try {
    table = readFileSync("/proc/net/arp", "utf8");
  } catch {
    return undefined;
  }
  const fields = table.split("\n").map((line) => line.split(/ +/));
  return fields.find(([address]) => address === host)?.[3];
}
