/** Building blocks of the schema: addresses, names, sizes. Each has its own message and remedy. */
import { z } from "zod";
import { ipVersion, networkAddress, parseCidr } from "../../core/ip.ts";
import { Tagged } from "../../core/value.ts";
import { parseTaint, TAINT_EFFECTS } from "./taint.ts";

/** A text with a check, its message and its remedy. */
export function checked(
  schema: z.ZodString,
  isValid: (text: string) => boolean,
  message: (text: string) => string,
  remedy: string | ((text: string) => string),
) {
  return schema.check((context) => {
    const text = context.value;
    if (isValid(text)) return;
    context.issues.push({
      code: "custom",
      input: text,
      message: message(text),
      params: { remedy: typeof remedy === "string" ? remedy : remedy(text) },
      continue: true,
    });
  });
}

/** An IPv4 or IPv6 address. */
export const ipAddress = () =>
  checked(
    z.string(),
    (text) => ipVersion(text) !== undefined,
    (text) => `"${text}" is not an IP address`,
    "write four numbers from 0 to 255, or an IPv6 address",
  );

/** A network as address/length, with no bits set behind the prefix. */
export const cidr = () =>
  checked(
    checked(
      z.string(),
      (text) => parseCidr(text) !== undefined,
      (text) => `"${text}" is not a network`,
      "write it as address/length, such as 10.42.253.0/24",
    ) as z.ZodString,
    (text) => {
      const parsed = parseCidr(text);
      return parsed === undefined || networkAddress(parsed) === parsed.address.toString();
    },
    (text) => `"${text}" is an address inside a network, not a network`,
    (text) => {
      const parsed = parseCidr(text);
      return parsed === undefined ? "" : `write ${networkAddress(parsed)}/${parsed.prefix}`;
    },
  );

/** One network, or a list with one network per address family. */
export const cidrs = () => z.union([cidr(), z.array(cidr()).min(1)]);

const LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const DNS_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);

/** True for a DNS name in lower case, with one or more labels. */
export const isDnsName = (text: string): boolean => text.length <= 253 && DNS_NAME.test(text);

/** A DNS name in lower case. */
export const dnsName = () =>
  checked(
    z.string(),
    isDnsName,
    (text) => `"${text}" is not a DNS name`,
    "use lower-case letters, digits, hyphens and dots",
  );

/** An address or a name, as in `ssh NAME`. */
export const hostAddress = () =>
  checked(
    z.string(),
    (text) => ipVersion(text) !== undefined || isDnsName(text.toLowerCase()),
    (text) => `"${text}" is neither an IP address nor a DNS name`,
    "write only the address or the name, without a port and without https://",
  );

/** Text without blanks. */
export const word = () =>
  checked(
    z.string(),
    (text) => /^\S+$/.test(text),
    (text) => `"${text}" is empty or contains a blank`,
    "write one word, without blanks",
  );

/** A URL with http or https. */
export const url = () =>
  checked(
    z.string(),
    (text) => /^https?:\/\/[^\s/]+/.test(text) && !/\s/.test(text),
    (text) => `"${text}" is not a URL`,
    "write it as http://host:port",
  );

/** A TCP port. */
export const port = () => z.int().min(1).max(65_535);

/** A VRRP router id. */
export const vrid = () => z.int().min(1).max(255);

/** Name of a network interface. */
export const interfaceName = () =>
  checked(
    z.string(),
    (text) => /^[^\s/]{1,15}$/.test(text),
    (text) => `"${text}" cannot be the name of a network interface`,
    "write a name of at most 15 characters, such as eth0",
  );

/** A path on a host. */
export const absolutePath = () =>
  checked(
    z.string(),
    (text) => text.startsWith("/"),
    (text) => `"${text}" is not an absolute path`,
    "write a path that begins with a slash",
  );

/** A file of the user on the controller. */
export const userFile = () =>
  checked(
    z.string(),
    (text) => text.trim() !== "",
    () => "the path is empty",
    "write a path: ~ is your home folder, and other relative paths start at the folder of the inventory file",
  );

/** A taint as text: `key=value:Effect`. */
export const taintText = () =>
  checked(
    z.string(),
    (text) => parseTaint(text) !== undefined,
    (text) => `"${text}" is not a taint`,
    `write key=value:Effect or key:Effect, with the effect ${TAINT_EFFECTS.join(", ")}`,
  );

const UNITS: Readonly<Record<string, number>> = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** `8Gi` → bytes; undefined when the text is not a size. */
export function parseSize(text: string): number | undefined {
  const found = /^(\d{1,15})(Ki|Mi|Gi|Ti)?$/.exec(text);
  return found === null ? undefined : Number(found[1]) * (UNITS[found[2] ?? ""] ?? 1);
}

/** A number of bytes, or a number with Ki, Mi, Gi or Ti. */
export const size = () =>
  z.union([
    z.int().min(1),
    checked(
      z.string(),
      (text) => parseSize(text) !== undefined,
      (text) => `"${text}" is not a size`,
      "write a number of bytes, or a number with Ki, Mi, Gi or Ti, such as 4Gi",
    ),
  ]);

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `5m`, `26h`, `30d` → seconds; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const found = /^(\d{1,9})([smhd])$/.exec(text);
  return found === null ? undefined : Number(found[1]) * (SECONDS[found[2] ?? ""] ?? 1);
}

/** A duration: a number with s, m, h or d. */
export const duration = () =>
  checked(
    z.string(),
    (text) => parseDuration(text) !== undefined,
    (text) => `"${text}" is not a duration`,
    "write a number with s, m, h or d, such as 5m",
  );

/** A text of a certain form. @param what it is, with its article, such as "an e-mail address" */
export const textLike = (form: RegExp, what: string, remedy: string) =>
  checked(
    z.string(),
    (text) => form.test(text),
    (text) => `"${text}" is not ${what}`,
    remedy,
  );

/** A version such as 1.35.4, with or without a leading v. */
export const version = () =>
  checked(
    z.string(),
    (text) => /^v?\d+(\.\d+){1,3}([-+][0-9A-Za-z.-]+)?$/.test(text),
    (text) => `"${text}" is not a version`,
    'write it in quotes, such as "1.35.4"',
  );

/** A secret as a !vault value, so that the inventory can be committed. */
export const vaulted = () =>
  z.custom<Tagged>((value) => value instanceof Tagged && value.tag === "!vault", {
    error: "this secret is in clear text, and it must be encrypted",
    params: { remedy: "run ansible-vault encrypt_string, and paste the !vault value that it prints" },
  });
const CALENDAR_WORDS = "minutely|hourly|daily|weekly|monthly|quarterly|semiannually|yearly|annually";
const WEEKDAY = "(mon|tue|wed|thu|fri|sat|sun)[a-z]*";
/** A number, a range, a repetition, a list of them, or a star. */
const part = (digits: string) => `(\\*|${digits}(\\.\\.${digits})?)(/\\d+)?`;
const list = (digits: string) => `${part(digits)}(,${part(digits)})*`;
const DATE = `(${list("\\d{2,4}")}-)?${list("\\d{1,2}")}[-~]${list("\\d{1,2}")}`;
const TIME = `${list("\\d{1,2}")}:${list("\\d{1,2}")}(:${list("\\d{1,2}(\\.\\d+)?")})?`;
const CALENDAR = new RegExp(
  `^(${CALENDAR_WORDS}|(?=\\S)(${WEEKDAY}((\\.\\.|,)${WEEKDAY})*)?( ?${DATE})?( ?${TIME})?)( [A-Za-z_]+(/[A-Za-z_+-]+)*)?$`,
  "i",
);

/** systemd's OnCalendar, by its form only: systemd on the hosts checks the value before it is installed. */
export const calendar = () =>
  checked(
    z.string(),
    (text) => CALENDAR.test(text),
    (text) => `"${text}" is not a calendar expression of systemd`,
    'write it as weekday date time, such as Sun *-*-* 04:30:00, or daily; to test one: systemd-analyze calendar "EXPRESSION"',
  );
