/** What kubeadm leaves on a control plane, made by openssl: an authority, the API's certificate, an admin.conf. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface KubeadmFiles {
  /** Holds ca.crt, apiserver.crt, apiserver.key, admin.conf. */
  readonly folder: string;
  readonly adminConf: string;
  /** PEM. */
  readonly certificate: string;
}

/** @param names subjectAltName of the API's certificate, such as `DNS:api.example.com`, `IP:192.0.2.1` */
export function makeKubeadmFiles(
  folder: string,
  names: readonly string[],
  server = "https://127.0.0.1:6443",
): KubeadmFiles {
  mkdirSync(folder, { recursive: true });
  const openssl = (...args: readonly string[]): void =>
    void execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-days",
    "30",
    "-subj",
    "/CN=kubernetes",
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
  );
  const sign = (name: string, subject: string, extensions: string): void => {
    writeFileSync(join(folder, `${name}.ext`), extensions);
    openssl("req", ...key, "-subj", subject, "-keyout", `${name}.key`, "-out", `${name}.csr`);
    const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30"];
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      ...signed,
      "-extfile",
      `${name}.ext`,
      "-out",
      `${name}.crt`,
    );
  };
  sign("apiserver", "/CN=kube-apiserver", `extendedKeyUsage=serverAuth\nsubjectAltName=${names.join(",")}\n`);
  sign("admin", "/O=system:masters/CN=kubernetes-admin", "extendedKeyUsage=clientAuth\n");
  const data = (name: string): string => readFileSync(join(folder, name)).toString("base64");
  const adminConf = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${data("ca.crt")}
    server: ${server}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
preferences: {}
users:
- name: kubernetes-admin
  user:
    client-certificate-data: ${data("admin.crt")}
    client-key-data: ${data("admin.key")}
`;
  writeFileSync(join(folder, "admin.conf"), adminConf, { mode: 0o600 });
  return { folder, adminConf, certificate: readFileSync(join(folder, "apiserver.crt"), "utf8") };
}
