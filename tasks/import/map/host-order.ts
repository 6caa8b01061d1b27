/** One order of all hosts: the first control plane, the first monitor and the first bastion have special roles. */

import { membersOf } from "../read/listing.ts";
import type { ToolView } from "../read/tool-view.ts";
import { currentGroupName } from "./group-roles.ts";

/** Groups whose order counts most, first one first. All other groups count less, those of our own inventory least. */
const FIRST = [
  "kube_control_plane",
  "masters",
  "bastion",
  "mons",
  "etcd",
  "kube_node",
  "nodes",
  "infra",
  "load_balancers",
];

/** Every host once, in an order that keeps the order of every group, as far as the groups do not contradict each other. */
export function hostOrder(views: readonly ToolView[]): readonly string[] {
  const groups = views.flatMap((view) =>
    [...view.listing.groups.keys()].map((group) => ({
      rank:
        (FIRST.indexOf(currentGroupName(view.tool, group)) + 1 || 99) + (view.tool === "custom" ? 0.5 : 0),
      hosts: membersOf(view.listing, group).map((host) => view.nameOf(host)),
    })),
  );
  return mergeOrders(groups.sort((a, b) => a.rank - b.rank).map(({ hosts }) => hosts));
}

/** Host → the hosts that must come after it. */
type Followers = ReadonlyMap<string, readonly string[]>;

/**
 * One order that keeps the order of every sequence. A sequence that contradicts an earlier one is ignored. Names that no
 * sequence orders stay in the order in which they were found.
 */
export function mergeOrders(sequences: readonly (readonly string[])[]): readonly string[] {
  const names = [...new Set(sequences.flat())];
  let followers: Followers = new Map();
  let order: readonly string[] = names;
  for (const sequence of sequences) {
    const linked = link(followers, sequence);
    const found = isInOrder(sequence, order) ? order : sortedBy(linked, names);
    if (found === undefined) continue;
    followers = linked;
    order = found;
  }
  return order;
}

function isInOrder(sequence: readonly string[], order: readonly string[]): boolean {
  const place = new Map(order.map((name, index) => [name, index]));
  return sequence.every(
    (name, index) => index === 0 || (place.get(sequence[index - 1] as string) ?? 0) < (place.get(name) ?? 0),
  );
}

function link(followers: Followers, sequence: readonly string[]): Followers {
  const linked = new Map(followers);
  sequence.forEach((name, index) => {
    const next = sequence[index + 1];
    if (next !== undefined) linked.set(name, [...(linked.get(name) ?? []), next]);
  });
  return linked;
}

/** Topological order (Kahn), ties in the order of `names`; undefined when there is a circle. */
function sortedBy(followers: Followers, names: readonly string[]): readonly string[] | undefined {
  const rank = new Map(names.map((name, index) => [name, index]));
  const waiting = new Map(names.map((name) => [name, 0]));
  for (const next of [...followers.values()].flat()) waiting.set(next, (waiting.get(next) ?? 0) + 1);
  // The next name to take is the last one.
  const ready = names.filter((name) => waiting.get(name) === 0).reverse();
  const order: string[] = [];
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    order.push(name);
    for (const next of followers.get(name) ?? []) {
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left > 0) continue;
      const own = rank.get(next) ?? 0;
      const at = ready.findIndex((other) => (rank.get(other) ?? 0) < own);
      ready.splice(at < 0 ? ready.length : at, 0, next);
    }
  }
  return order.length === names.length ? order : undefined;
}
