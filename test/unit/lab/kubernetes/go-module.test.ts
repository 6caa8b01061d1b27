import { describe, expect, test } from "vitest";
import { commandFailed, downloadFailed } from "../../../../tasks/lab/kubernetes/failures.ts";
import { buildCommand, mainGoMod, parseGoMod } from "../../../../tasks/lab/kubernetes/go-module.ts";
import { programsOf } from "../../../../tasks/lab/kubernetes/plan.ts";
import { labProgramData, planOf } from "../../../helpers/lab-programs.ts";

const program = (name: string) => {
  const found = programsOf(planOf(labProgramData(), "1.34.4")).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

const UPSTREAM = `module k8s.io/kubernetes

go 1.24.0

godebug default=go1.24

require (
	k8s.io/api v0.0.0 // a comment => ./no
)

replace (
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/kubelet => ./staging/src/k8s.io/kubelet
	example.test/fork => example.test/other v1.0.0
)

replace k8s.io/metrics => ./staging/src/k8s.io/metrics
`;

describe("our main module around a published one", () => {
  test("requires it, and its siblings as published", () => {
    expect(mainGoMod(program("kubelet").build, parseGoMod(UPSTREAM))).toBe(`module kube-magic.test/programs

go 1.24.0

godebug default=go1.24

require k8s.io/kubernetes v1.34.4

replace (
	k8s.io/api => k8s.io/api v0.34.4
	k8s.io/kubelet => k8s.io/kubelet v0.34.4
	k8s.io/metrics => k8s.io/metrics v0.34.4
)
`);
  });

  test("takes over no folder of a module whose siblings are real versions", () => {
    const etcd = "go 1.25.0\nreplace (\n\tgo.etcd.io/etcd/api/v3 => ../api\n)\n";
    expect(mainGoMod(program("etcd").build, parseGoMod(etcd))).not.toContain("replace");
  });

  test("requires nothing for a program of our own", () => {
    expect(mainGoMod(program("pause").build, parseGoMod(""))).toBe(
      "module kube-magic.test/programs\n\ngo 1.24.0\n",
    );
  });
});

describe("the command that builds a program", () => {
  test("gives way to everything else, and stamps the version", () => {
    const { argv, env } = buildCommand(program("kubelet"), "/out/kubelet");
    expect(argv.join(" ")).toContain("setpriv --pdeathsig KILL nice -n 19 go build -mod=mod -p 2 -trimpath");
    expect(argv.slice(-3)).toEqual(["-o", "/out/kubelet", "k8s.io/kubernetes/cmd/kubelet"]);
    expect(argv.join(" ")).toContain("-X k8s.io/component-base/version.gitVersion=v1.34.4");
    expect(argv.join(" ")).toContain("-X k8s.io/component-base/version.gitCommit=rebuilt-for-tests");
    expect(env).toEqual({ CGO_ENABLED: "0", GOMAXPROCS: "2", GOWORK: "off" });
  });

  test("links a program with C code statically", () => {
    const { argv, env } = buildCommand(program("runc"), "/out/runc");
    expect(argv.join(" ")).toContain("-tags=seccomp,netgo,osusergo");
    expect(argv.join(" ")).toContain("-extldflags=-static");
    expect(argv.at(-1)).toBe("github.com/opencontainers/runc");
    expect(env.CGO_ENABLED).toBe("1");
  });
});

describe("a failure", () => {
  const { build } = program("kubelet");
  test.each([
    [
      "403 Forbidden\n\tserver response: This module version is not available.",
      4,
      "does not serve",
      "choose another version",
    ],
    ["dial tcp: lookup proxy.test: no such host", 4, "cannot be reached", "GOPROXY"],
    ["write /root/go: no space left on device", 3, "no space left on the disk", "free some space"],
    ["something else", 4, "could not be downloaded (exit code 1)", "continues with this one"],
  ])("of a download that says %j", (stderr, exitCode, message, remedy) => {
    const error = downloadFailed(build, { code: 1, stdout: "", stderr, timedOut: false });
    expect(error.exitCode).toBe(exitCode);
    expect(error.message).toContain(message);
    expect(error.remedy).toContain(remedy);
  });

  test("of a build shows the last lines, without the list of downloads", () => {
    const stderr = `go: downloading a v1\n${"x\n".repeat(30)}main.go:1: undefined: y`;
    const { output, exitCode } = commandFailed("kubelet could not be built", {
      code: 1,
      stdout: "",
      stderr,
      timedOut: false,
    });
    expect(output).not.toContain("downloading");
    expect(output?.split("\n")).toHaveLength(15);
    expect(output).toContain("undefined: y");
    expect(exitCode).toBe(4);
  });
});
