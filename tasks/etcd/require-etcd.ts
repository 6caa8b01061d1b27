/** Refuses a cluster without etcd. */
import { InputError } from "../core/errors.ts";
import { type ClusterModel, etcdHosts } from "../core/model.ts";

/** @throws InputError when no host runs etcd. */
export function requireEtcd(model: ClusterModel): ClusterModel {
  if (etcdHosts(model).length > 0) return model;
  throw new InputError(`${model.name} has no etcd`, {
    remedy: "give one, three or five hosts the role etcd",
  });
}
