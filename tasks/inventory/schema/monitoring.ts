/** Schema of the section monitoring: with it, Nagios and NRPE are installed. */
import { z } from "zod";
import { ROLES } from "../../core/roles.ts";
import { cidr, duration, hostAddress, ipAddress, port, textLike } from "./fields.ts";

/** The characters that Nagios accepts in names of objects, and NRPE in names of commands. */
const name = (what: string) =>
  textLike(
    /^[A-Za-z0-9]([A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?$/,
    what,
    "use letters, digits, blanks, dots, hyphens and underscores",
  );

const email = () =>
  textLike(/^[^\s@"'`$;\\]+@[^\s@"'`$;\\]+$/, "an e-mail address", "write it as name@example.com");

const ranges = () =>
  textLike(
    /^([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d(,([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d)*$/,
    "a range of times",
    "write 08:00-18:00, several ranges with commas, or 00:00-24:00 for the whole day",
  );

const threshold = (what: string, warning: number, critical: number) =>
  z
    .strictObject({
      warning: z.number().min(0).default(warning).describe("Value at which the check warns."),
      critical: z.number().min(0).default(critical).describe("Value at which the check is critical."),
    })
    .prefault({})
    .describe(what);

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const contact = z
  .strictObject({
    email: email().describe("Address for the messages."),
    period: name("the name of a period")
      .default("always")
      .describe("When to send messages: always, never, or one of monitoring.periods."),
  })
  .describe("A person who gets messages.");

const siteCheck = z
  .strictObject({
    roles: z
      .array(z.enum(ROLES))
      .default([])
      .describe("Roles whose hosts have the check. Default: every host."),
    command: z
      .array(z.string().regex(/^[^\n\r]+$/, "is empty or contains a line break"))
      .min(1)
      .describe(
        "Program and arguments; no shell runs them. A program without a slash is an installed plugin.",
      ),
    sudo: z.boolean().default(false).describe("Run it as root; sudo allows exactly this command line."),
  })
  .describe("Your own check, which NRPE runs on the hosts.");

/** The section monitoring. */
export const monitoring = z
  .strictObject({
    contacts: z
      .record(name("the name of a contact"), contact)
      .default({})
      .describe("Who gets messages: name → address and period."),
    periods: z
      .record(
        name("the name of a period"),
        z.partialRecord(z.enum(WEEKDAYS), ranges().describe("For example 08:00-18:00.")),
      )
      .default({})
      .describe("Named times of the week, for example office: { monday: 08:00-18:00 }."),
    interval: duration().default("2m").describe("Time between two checks of a service that is OK."),
    retryInterval: duration()
      .default("30s")
      .describe("Time between two checks of a service that has just failed."),
    attempts: z
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe("Number of failed checks in a row before a message is sent."),
    repeat: duration()
      .default("4h")
      .describe("Time between two messages about one problem; 0s: only one message."),
    mail: z
      .strictObject({
        server: hostAddress().default("localhost").describe("SMTP server for the messages."),
        port: port().default(25).describe("TCP port of the SMTP server."),
        from: email().optional().describe("Sender of the messages. Default: nagios@<domain>."),
      })
      .prefault({})
      .describe("How to send messages."),
    web: z
      .strictObject({
        user: textLike(/^[A-Za-z0-9._-]{1,32}$/, "a user name", "use letters, digits, dots and hyphens")
          .default("nagiosadmin")
          .describe(
            "User of the web pages. Its password is generated in build/<cluster>/custom/credentials.",
          ),
        allowed: z
          .array(cidr())
          .optional()
          .describe("Networks that may open the web pages. Default: network.machines."),
      })
      .prefault({})
      .describe("The web pages, over HTTPS."),
    gateways: z
      .record(z.string().min(1), ipAddress())
      .default({})
      .describe(
        "Zone → address of its router. When a router is down, Nagios sends one message for the router, and none for the hosts behind it.",
      ),
    thresholds: z
      .strictObject({
        load: threshold("Load of the last five minutes, per processor.", 2, 4),
        memory: threshold("Memory in use, percent.", 85, 95),
        disk: threshold("Space or inodes in use on a file system, percent.", 80, 90),
        time: threshold("Difference between the clock and network.ntp, seconds.", 0.5, 2),
        certificates: threshold("Days left before a certificate expires.", 30, 7),
        etcdDatabase: threshold("Size of etcd's database, percent of its quota.", 70, 85),
        cephCapacity: threshold("Ceph capacity in use, percent.", 75, 85),
        quotas: threshold("Use of a namespace's quota, percent.", 90, 100),
      })
      .prefault({})
      .describe("When a check warns, and when it is critical."),
    checks: z
      .record(name("the name of a check"), siteCheck)
      .default({})
      .describe("Your own checks: name → command and roles."),
    definitions: z
      .string()
      .default("")
      .describe(
        "Nagios objects in Nagios' own format, for settings without a key; Nagios checks them with the rest.",
      ),
  })
  .optional()
  .describe(
    "Nagios on the host with the role nagios, and NRPE on every host. Leave the section out to have neither.",
  );
