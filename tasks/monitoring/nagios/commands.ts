/**
 * The commands that definitions name. $USER1$ is the distribution's plugins, $USER2$ ours, $USER3$ how NRPE is asked;
 * the role `nagios_server` says where they are.
 */
import type { Monitoring } from "../../core/model/monitoring.ts";
import { commandWord, type NagiosObject } from "./objects.ts";

export function commands({ mail }: Monitoring): NagiosObject[] {
  const post = [
    "$USER2$/notify_mail",
    "--server",
    mail.server,
    "--port",
    String(mail.port),
    "--from",
    mail.from,
  ]
    .map(commandWord)
    .join(" ");
  const details = `--to "$CONTACTEMAIL$" --type "$NOTIFICATIONTYPE$" --time "$LONGDATETIME$" --author "$NOTIFICATIONAUTHOR$" --comment "$NOTIFICATIONCOMMENT$" --host "$HOSTNAME$" --address "$HOSTADDRESS$"`;
  return Object.entries({
    kube_magic_alive: "$USER1$/check_icmp -H $HOSTADDRESS$ -w 3000,80% -c 5000,100% -n 3 -t 10",
    kube_magic_assumed: "$USER1$/check_dummy 0 $ARG1$",
    // This service is critical when NRPE does not answer: all other checks are then UNKNOWN.
    kube_magic_nrpe: "$USER3$ -t 30:CRITICAL -H $HOSTADDRESS$",
    // -u: when NRPE does not answer, this service is unknown; the service nrpe is the one that is critical.
    kube_magic_ask: "$USER3$ -u -H $HOSTADDRESS$ -c $ARG1$",
    kube_magic_ask_any: "$USER2$/check_any --ask '$USER3$' $ARG1$ $ARG2$",
    kube_magic_vip_owner: "$USER2$/check_vip_owner --ask '$USER3$' $ARG1$ $ARG2$",
    kube_magic_ssh: "$USER1$/check_ssh -t 10 -p $_HOSTSSH_PORT$ $HOSTADDRESS$",
    kube_magic_https: "$USER1$/check_http -t 10 -S -I $HOSTADDRESS$ -p $ARG1$ -u $ARG2$ -e 200",
    kube_magic_kube: "$USER2$/check_kube $ARG1$ --settings $USER4$ $ARG2$",
    kube_magic_mail_host: `${post} ${details} --state "$HOSTSTATE$" --output "$HOSTOUTPUT$"`,
    kube_magic_mail_service: `${post} ${details} --service "$SERVICEDESC$" --state "$SERVICESTATE$" --output "$SERVICEOUTPUT$"`,
  }).map(
    ([name, line]): NagiosObject => ({ kind: "command", fields: { command_name: name, command_line: line } }),
  );
}
