import { describe, expect, test } from "vitest";
import type { Request } from "../../../tasks/day2/action.ts";
import { ACTIONS, actionNamed } from "../../../tasks/day2/actions.ts";
import { phasesOf, recoveryInventory } from "../../../tasks/day2/steps.ts";
import { aCluster, aHost, SMALL_HOSTS } from "../../helpers/model.ts";
import { aRequest } from "./request.ts";

type Given = Partial<Omit<Request, "flags">> & { readonly flags?: readonly string[] };
const said = (action: string, request: Given): readonly string[] =>
  phasesOf(actionNamed(action), aRequest(request)).map((phase) =>
    [
      phase.tool,
      ...phase.playbooks,
      JSON.stringify(phase.extraVars(aCluster())),
      ...(phase.limit === undefined ? [] : [`--limit ${phase.limit}`]),
    ].join(" "),
  );
const fourth = aCluster({ hosts: [...SMALL_HOSTS, aHost("master4", 14, ["control-plane"])] });

describe("what each action runs", () => {
  test.each<[string, Given, readonly string[]]>([
    [
      "kube:upgrade",
      { installed: { master1: "1.33.11" } },
      [
        'kubespray upgrade-cluster.yml {"kube_version":"1.34.7","upgrade_node_confirm":false}',
        'kubespray upgrade-cluster.yml {"kube_version":"1.35.4","upgrade_node_confirm":false}',
      ],
    ],
    [
      "kube:upgrade",
      {
        options: { from: "1.34.7", serial: "1", "drain-timeout": "600", pause: "30" },
        flags: ["no-drain"],
      },
      [
        'kubespray upgrade-cluster.yml {"kube_version":"1.35.4","upgrade_node_confirm":false,"serial":"1","drain_timeout":"600s","upgrade_node_pause_seconds":30,"drain_nodes":false}',
      ],
    ],
    ["kube:scale", {}, ["kubespray scale.yml {}"]],
    ["kube:scale", { names: ["worker1", "worker2"] }, ["kubespray scale.yml {} --limit worker1,worker2"]],
    [
      "node:add",
      { names: ["worker2"] },
      ["custom playbooks/prep-hosts.yml {} --limit worker2", "kubespray scale.yml {} --limit worker2"],
    ],
    [
      "node:add",
      { names: ["master4"], model: fourth },
      [
        "custom playbooks/prep-hosts.yml {}",
        "kubespray cluster.yml {} --limit etcd,kube_control_plane,master4",
      ],
    ],
    [
      "node:remove",
      { names: ["worker1", "worker2"] },
      ['kubespray remove-node.yml {"node":"worker1,worker2","skip_confirmation":true}'],
    ],
    [
      "node:remove",
      { names: ["worker1"], flags: ["dead"] },
      [
        'kubespray remove-node.yml {"node":"worker1","skip_confirmation":true,"reset_nodes":false,"allow_ungraceful_removal":true}',
      ],
    ],
    [
      "kube:recover",
      { names: ["master2"] },
      ['kubespray recover-control-plane.yml {"etcd_retries":10} --limit etcd,kube_control_plane'],
    ],
    ["kube:reset", {}, ['kubespray reset.yml {"reset_confirmation":"yes","skip_confirmation":true}']],
    [
      "ceph:upgrade",
      {},
      ['ceph-ansible infrastructure-playbooks/rolling_update.yml {"ireallymeanit":"yes"}'],
    ],
    ["ceph:add-osd", { names: ["ceph1"] }, ['ceph-ansible site.yml {"yes_i_know":true} --limit ceph1']],
    [
      "ceph:remove-osd",
      { names: ["0", "1"] },
      ['ceph-ansible infrastructure-playbooks/shrink-osd.yml {"ireallymeanit":"yes","osd_to_kill":"0,1"}'],
    ],
    ["ceph:purge", {}, ['ceph-ansible infrastructure-playbooks/purge-cluster.yml {"ireallymeanit":"yes"}']],
  ])("%s %o", (action, request, expected) => {
    expect(said(action, request)).toEqual(expected);
  });

  test("one step waits for the one before", () => {
    const phases = phasesOf(actionNamed("kube:upgrade"), aRequest({ installed: { a: "1.33.11" } }));
    expect(phases.map(({ needs }) => needs)).toEqual([[], ["kube-upgrade-1.34.7"]]);
  });

  test("what cannot be had again asks for the cluster's name", () => {
    expect(ACTIONS.filter(({ confirm }) => confirm === "name").map(({ name }) => name)).toEqual([
      "kube:reset",
      "ceph:purge",
    ]);
  });

  test("Ceph has to be well before daemons or disks of it go away", () => {
    const guarded = ACTIONS.filter((action) =>
      phasesOf(action, aRequest({ names: ["0"], installed: { a: "1.33.11" } })).some(
        ({ gatesBefore }) => gatesBefore !== undefined,
      ),
    );
    expect(guarded.map(({ name }) => name)).toEqual(["ceph:upgrade", "ceph:remove-osd"]);
  });

  test("a step's log file has a plain name", () => {
    for (const action of ACTIONS)
      for (const { name } of action.steps(aRequest({ names: ["0"], installed: { a: "1.33.11" } })))
        expect(name).toMatch(/^[a-z0-9.-]+$/);
  });
});

describe("what to know before and after", () => {
  test("an even number of etcd members is said", () => {
    expect(actionNamed("node:remove").notes?.(aRequest({ names: ["master3"] }))).toEqual([
      expect.stringContaining("2 etcd members are left"),
    ]);
    expect(actionNamed("node:remove").notes?.(aRequest({ names: ["worker1"] }))).toEqual([]);
  });
  test("the inventory has to follow an upgrade", () => {
    const request = aRequest({ installed: { a: "1.34.7" } });
    expect(actionNamed("kube:upgrade").afterwards?.(request)).toEqual([
      expect.stringContaining("versions.kubernetes: 1.35.4"),
    ]);
    const model = aCluster({ versions: { kubernetes: "1.35.4" } });
    expect(actionNamed("kube:upgrade").afterwards?.({ ...request, model })).toEqual([]);
  });
});

test("a recovery works from the hosts that survive: the broken ones come last and in groups of their own", () => {
  expect(recoveryInventory(aCluster(), ["master1"])?.groups).toMatchObject({
    kube_control_plane: { hosts: ["master2", "master3", "master1"] },
    etcd: { hosts: ["master2", "master3", "master1"] },
    broken_kube_control_plane: { hosts: ["master1"] },
    broken_etcd: { hosts: ["master1"] },
  });
});
