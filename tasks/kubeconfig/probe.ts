/** One request to the API with the credentials of a kubeconfig, to prove that they work. */
import { request } from "node:https";
import type { Access } from "./access.ts";
import { textAt } from "./document.ts";

export interface ProbeResult {
  readonly answers: boolean;
  /** `v1.35.4`, or what went wrong, for people. */
  readonly text: string;
}

const TIMEOUT_MS = 5000;

/** Asks /version, as `kubectl version` does. Never throws: an API that this machine cannot reach is only worth a note. */
export function probeApi(access: Access, server: string): Promise<ProbeResult> {
  const data = (key: string): string => Buffer.from(textAt(access.user, key), "base64").toString("latin1");
  const token = textAt(access.user, "token");
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const text =
        error.code === "ENOTFOUND" ? "its name does not resolve on this machine (ENOTFOUND)" : error.message;
      resolve({ answers: false, text });
    };
    try {
      const asked = request(
        new URL("/version", server),
        {
          ca: access.authority,
          ...(token === "" ? {} : { headers: { authorization: `Bearer ${token}` } }),
          ...(textAt(access.user, "client-certificate-data") === ""
            ? {}
            : { cert: data("client-certificate-data"), key: data("client-key-data") }),
          agent: false,
          timeout: TIMEOUT_MS,
        },
        (response) => {
          let body = "";
          response.on("data", (chunk: Buffer) => {
            body += chunk.toString();
          });
          response.on("end", () => resolve(judge(response.statusCode ?? 0, body)));
          response.on("error", failed);
        },
      );
      asked.on("timeout", () => asked.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
      asked.on("error", failed);
      asked.end();
    } catch (error) {
      // A certificate or key that OpenSSL cannot read.
      failed(error as Error);
    }
  });
}

function judge(status: number, body: string): ProbeResult {
  if (status === 401)
    return { answers: false, text: "it does not accept the user's certificate or token (401)" };
  if (status !== 200) return { answers: false, text: `it answers with HTTP status ${status}` };
  try {
    const { gitVersion } = JSON.parse(body) as { gitVersion?: unknown };
    return { answers: true, text: typeof gitVersion === "string" ? gitVersion : "an unknown version" };
  } catch {
    return { answers: true, text: "an unknown version" };
  }
}
