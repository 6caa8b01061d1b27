/** npm run certs:renew */
import { actionTask } from "../../cli/action-task.ts";
import { CERTIFICATE_KINDS, RENEW_CERTIFICATES } from "../../day2/certificate-actions.ts";

export const task = actionTask(RENEW_CERTIFICATES, {
  description: `Renews the certificates of ${CERTIFICATE_KINDS.join(", ")} (those named, else all that the cluster has), each through the tool that
owns them: kubeadm and a restart of the control plane, kubespray's etcd role, our registry role, openshift-ansible.
One control plane after the other; what was there is kept. Also works when they have expired and no API answers.`,
  positionals: `[${CERTIFICATE_KINDS.join("|")}]…`,
});
