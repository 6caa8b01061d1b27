/** Schema of the section `monitoring`: Nagios and NRPE. Declared, they are installed; left out, nothing is. */
import { z } from "zod";
import { ROLES } from "../../core/roles.ts";
import { cidr, duration, hostAddress, ipAddress, port, textLike } from "./fields.ts";

/** Nagios takes no other characters in names of its objects, and NRPE none in names of commands. */
const name = (what: string) =>
  textLike(
    /^[A-Za-z0-9]([A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?$/,
    what,
    "use letters, digits, blanks, dots, hyphens and underscores",
  );

const email = () =>
  textLike(/^[^\s@"'`$;\\]+@[^\s@"'`$;\\]+$/, "e-mail address", "write it as name@example.com");

const ranges = () =>
  textLike(
    /^([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d(,([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d)*$/,
    "range of times",
    "write 08:00-18:00, several with commas between, a whole day as 00:00-24:00",
  );

const threshold = (what: string, warning: number, critical: number) =>
  z
    .strictObject({
      warning: z.number().min(0).default(warning).describe("From here on it is a warning."),
      critical: z.number().min(0).default(critical).describe("From here on it is critical."),
    })
    .prefault({})
    .describe(what);

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const contact = z
  .strictObject({
    email: email().describe("Where messages go."),
    period: name("period")
      .default("always")
      .describe("When messages are sent: always, never, or one of monitoring.periods."),
  })
  .describe("Somebody who is told.");

const siteCheck = z
  .strictObject({
    roles: z
      .array(z.enum(ROLES))
      .default([])
      .describe("Roles whose hosts have the check; left out: every host."),
    command: z
      .array(z.string().regex(/^[^\n\r]+$/, "is empty or holds a line break"))
      .min(1)
      .describe("Program and arguments, no shell. A program without a slash is an installed plugin."),
    sudo: z.boolean().default(false).describe("Run it as root; sudo allows exactly this command line."),
  })
  .describe("A check of your own, run on the hosts by NRPE.");

export const monitoring = z
  .strictObject({
    contacts: z
      .record(name("contact"), contact)
      .default({})
      .describe("Who is told: name → address and period."),
    periods: z
      .record(name("period"), z.partialRecord(z.enum(WEEKDAYS), ranges().describe("Such as 08:00-18:00.")))
      .default({})
      .describe("Named times of the week, such as office: { monday: 08:00-18:00 }."),
    interval: duration().default("2m").describe("Time between two checks of a service that is well."),
    retryInterval: duration().default("30s").describe("Time between two checks of one that just failed."),
    attempts: z.int().min(1).max(20).default(3).describe("Failed checks in a row before anybody is told."),
    repeat: duration()
      .default("4h")
      .describe("Time between two messages about one problem; 0s: a single one."),
    mail: z
      .strictObject({
        server: hostAddress().default("localhost").describe("SMTP server that takes the messages."),
        port: port().default(25).describe("TCP port of the SMTP server."),
        from: email().optional().describe("Sender. Default: nagios@<domain>."),
      })
      .prefault({})
      .describe("How messages are sent."),
    web: z
      .strictObject({
        user: textLike(/^[A-Za-z0-9._-]{1,32}$/, "user name", "use letters, digits, dots and hyphens")
          .default("nagiosadmin")
          .describe(
            "User of the web pages; the password is generated and kept in build/<cluster>/custom/credentials.",
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
        "Zone → address of its router. When a router is down, the hosts behind it are unreachable, not down, and nobody is told of each.",
      ),
    thresholds: z
      .strictObject({
        load: threshold("Load of the last five minutes, per processor.", 2, 4),
        memory: threshold("Memory in use, percent.", 85, 95),
        disk: threshold("Space or inodes in use on a file system, percent.", 80, 90),
        time: threshold("Clock's distance from network.ntp, seconds.", 0.5, 2),
        certificates: threshold("Days left before a certificate expires.", 30, 7),
        etcdDatabase: threshold("Size of etcd's database, percent of its quota.", 70, 85),
        cephCapacity: threshold("Ceph's space in use, percent.", 75, 85),
        quotas: threshold("Use of a namespace's quota, percent.", 90, 100),
      })
      .prefault({})
      .describe("When a check warns, and when it is critical."),
    checks: z
      .record(name("check"), siteCheck)
      .default({})
      .describe("Checks of your own: name → command and roles."),
    definitions: z
      .string()
      .default("")
      .describe("Objects in Nagios' own language, for all that has no key here; verified with the rest."),
  })
  .optional()
  .describe("Nagios on the hosts with the role nagios, NRPE on every host. Leave it out to have neither.");
