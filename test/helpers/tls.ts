/** Certificates for tests, made by openssl. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface TestCertificate {
  readonly crt: string;
  readonly key: string;
}

/** A self-signed certificate, good for server and client; its own authority. */
export function selfSigned(
  folder: string,
  name: string,
  days: number,
  names = "IP:127.0.0.1,DNS:localhost",
): TestCertificate {
  const [crt, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  openssl(
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-days", String(days), "-subj", `/CN=${name}`, "-keyout", key, "-out", crt],
    ...["-addext", `subjectAltName=${names}`],
  );
  return { crt, key };
}

/** A kubeconfig that carries the certificate inside. */
export function kubeconfig(folder: string, name: string, { crt }: TestCertificate): string {
  const path = join(folder, name);
  const data = readFileSync(crt).toString("base64");
  writeFileSync(path, `apiVersion: v1\nusers:\n- name: a\n  user:\n    client-certificate-data: ${data}\n`);
  return path;
}

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
