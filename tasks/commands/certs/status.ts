/** npm run certs:status */
import { collectCertificates } from "../../certs/collect.ts";
import { describeCertificates } from "../../certs/describe.ts";
import { isBad, judgeCertificates } from "../../certs/judge.ts";
import { FORMAT_OPTION, wantsJson } from "../../cli/format-option.ts";
import { INVENTORY_OPTIONS } from "../../cli/inventory-options.ts";
import { optionValue, type Task } from "../../cli/task.ts";
import { EXIT } from "../../core/errors.ts";
import { requireModel } from "../../inventory/load.ts";
import { loadChosenInventory } from "../../inventory/load-chosen.ts";

export const task: Task = {
  description: `Reads every certificate of Kubernetes (those in kubeconfigs too), etcd, kubelet, HAProxy, the registry and NRPE over
SSH, without the API, and lists how many days each has left, the fewest first. Exit code 3 when a certificate has
expired, expires within --days, is not valid yet or cannot be read, or when a host does not answer.`,
  options: {
    ...INVENTORY_OPTIONS,
    days: {
      type: "string",
      value: "DAYS",
      kind: "days",
      help: "report fewer days left than this as a problem",
      default: "30",
    },
    ...FORMAT_OPTION,
  },
  async run(context) {
    const model = requireModel(await loadChosenInventory(context));
    const days = Number(optionValue(context.args, "days") ?? 30);
    const hosts = await collectCertificates(model, context.env);
    const certificates = judgeCertificates(hosts, new Date(), days);
    const silent = hosts.filter((host) => host.silent !== undefined);
    const good = silent.length === 0 && !certificates.some(isBad);
    context.out(
      wantsJson(context.args)
        ? `${JSON.stringify(
            {
              cluster: model.name,
              good,
              days,
              certificates,
              hosts: hosts.map(({ files: _files, ...host }) => host),
            },
            null,
            2,
          )}\n`
        : describeCertificates(model.name, hosts, certificates),
    );
    return good ? EXIT.done : EXIT.gate;
  },
};
