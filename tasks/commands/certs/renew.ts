/** npm run certs:renew */
import { actionTask } from "../../cli/action-task.ts";
import { CERTIFICATE_KINDS, RENEW_CERTIFICATES } from "../../day2/certificate-actions.ts";

export const task = actionTask(RENEW_CERTIFICATES, {
  description: `Renews certificates, those of the kinds that you name or all that the cluster has, each through the tool that owns
them: kubeadm and a restart of the control plane, kubespray's etcd role, our registry role, openshift-ansible. Control
planes restart one after the other; the old files are kept. Works when certificates have expired and no API answers.`,
  positionals: { usage: "[KIND…]", choices: CERTIFICATE_KINDS },
});
