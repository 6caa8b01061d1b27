import { describe, expect, test } from "vitest";
import { chooseServer } from "../../../tasks/kubeconfig/server.ts";
import { makeKubeadmFiles } from "../../helpers/kubeadm.ts";
import { temporaryFolder } from "../../helpers/temporary-folder.ts";

const api = { vip: "192.0.2.100", port: 6443, backendPort: 6443, domain: "api.example.com", vrid: 1 };
const withNames = (...names: string[]): string => makeKubeadmFiles(temporaryFolder(), names).certificate;
const both = (): string => withNames("DNS:kubernetes", "DNS:api.example.com", "IP:192.0.2.100");

describe("the address of the API", () => {
  test("is its name, when the certificate has it and this machine knows it", () => {
    expect(chooseServer({ api, certificate: both(), isResolved: true })).toEqual({
      url: "https://api.example.com:6443",
      notes: [],
      verifies: true,
    });
  });

  test("is the virtual address when the name is not in the certificate, or not known here, and says why", () => {
    const certificate = withNames("IP:192.0.2.100");
    const unnamed = chooseServer({ api, certificate, isResolved: true });
    expect(unnamed).toMatchObject({ url: "https://192.0.2.100:6443", verifies: true });
    expect(unnamed.notes.join()).toContain("not in the API's certificate");
    const unknown = chooseServer({ api, certificate: both(), isResolved: false });
    expect(unknown).toMatchObject({ url: "https://192.0.2.100:6443", verifies: true });
    expect(unknown.notes.join()).toContain("does not resolve on this machine");
  });

  test("that the certificate does not name is written all the same, and said", () => {
    const certificate = withNames("DNS:master1", "IP:10.0.0.1");
    const choice = chooseServer({ api, certificate, isResolved: true });
    expect(choice).toMatchObject({ url: "https://api.example.com:6443", verifies: false });
    expect(choice.notes.join()).toContain("kubectl will refuse api.example.com");
    expect(choice.notes.join()).toContain("master1, 10.0.0.1");
  });

  test("is checked as Go checks it: the certificate's common name does not count", () => {
    const certificate = withNames("DNS:other");
    const choice = chooseServer({
      api: { ...api, domain: "kube-apiserver" },
      certificate,
      isResolved: true,
    });
    expect(choice.verifies).toBe(false);
  });

  test("can be asked for", () => {
    const ask = (asked: string) => chooseServer({ api, certificate: both(), asked, isResolved: true }).url;
    expect(ask("vip")).toBe("https://192.0.2.100:6443");
    expect(ask("https://other.example.com:443")).toBe("https://other.example.com:443");
    expect(() => ask("http://api.example.com")).toThrow(/neither domain nor vip/);
    const { vip: _, ...bare } = api;
    expect(() => chooseServer({ api: bare, asked: "vip", isResolved: true })).toThrow(/no api.vip/);
  });

  test("puts an IPv6 address in brackets", () => {
    const certificate = withNames("IP:2001:db8::100");
    const choice = chooseServer({ api: { ...api, vip: "2001:db8::100" }, certificate, isResolved: true });
    expect(choice).toMatchObject({ url: "https://[2001:db8::100]:6443", verifies: true });
  });
});
