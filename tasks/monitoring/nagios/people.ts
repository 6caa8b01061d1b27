/** Contacts: who gets messages, and when. */
import type { Monitoring } from "../../core/model/monitoring.ts";
import type { NagiosObject } from "./objects.ts";

/** Everybody of the section; every host and service names this group. */
export const CONTACT_GROUP = "operators";

const WATCHER = "nobody";
const WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

export function people({ contacts, periods }: Monitoring): NagiosObject[] {
  return [
    period("always", Object.fromEntries(WEEK.map((day) => [day, "00:00-24:00"]))),
    period("never", {}),
    ...periods.map(({ name, days }) => period(name, days)),
    ...contacts.map(({ name, email, period }): NagiosObject => contact(name, period, { email })),
    // Nagios requires a contact for every service.
    ...(contacts.length > 0 ? [] : [contact(WATCHER, "never", {})]),
    {
      kind: "contactgroup",
      fields: {
        contactgroup_name: CONTACT_GROUP,
        members: contacts.length > 0 ? contacts.map(({ name }) => name) : [WATCHER],
      },
    },
  ];
}

function period(name: string, days: Readonly<Record<string, string>>): NagiosObject {
  return { kind: "timeperiod", fields: { timeperiod_name: name, alias: name, ...days } };
}

function contact(name: string, when: string, more: { readonly email?: string }): NagiosObject {
  return {
    kind: "contact",
    fields: {
      contact_name: name,
      ...more,
      host_notification_period: when,
      service_notification_period: when,
      host_notification_options: "d,r,f",
      service_notification_options: "w,u,c,r,f",
      host_notification_commands: "kube_magic_mail_host",
      service_notification_commands: "kube_magic_mail_service",
    },
  };
}
