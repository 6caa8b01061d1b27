/** Building blocks of the schema: addresses, names, sizes. Their messages are complete sentences for people. */
import { z } from "zod";
import { ipVersion, networkAddress, parseCidr } from "../../core/ip.ts";
import { Tagged } from "../../core/value.ts";
import { parseTaint, TAINT_EFFECTS } from "./taint.ts";

/** A check with a message and the remedy that goes with it. */
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

export const ipAddress = () =>
  checked(
    z.string(),
    (text) => ipVersion(text) !== undefined,
    (text) => `"${text}" is no IP address`,
    "write four numbers from 0 to 255, or an IPv6 address",
  );

export const cidr = () =>
  checked(
    checked(
      z.string(),
      (text) => parseCidr(text) !== undefined,
      (text) => `"${text}" is no network`,
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

/** One network, or a list of them: one per address family. */
export const cidrs = () => z.union([cidr(), z.array(cidr()).min(1)]);

const LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const DNS_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);

export const isDnsName = (text: string): boolean => text.length <= 253 && DNS_NAME.test(text);

export const dnsName = () =>
  checked(
    z.string(),
    isDnsName,
    (text) => `"${text}" is no DNS name`,
    "use lower-case letters, digits, hyphens and dots",
  );

/** An address or a name, as in `ssh NAME`. */
export const hostAddress = () =>
  checked(
    z.string(),
    (text) => ipVersion(text) !== undefined || isDnsName(text.toLowerCase()),
    (text) => `"${text}" is neither an IP address nor a DNS name`,
    "write it without a port and without a scheme",
  );

/** Text without blanks, of which a tool makes a word. */
export const word = () =>
  checked(
    z.string(),
    (text) => /^\S+$/.test(text),
    (text) => `"${text}" is empty or holds a blank`,
    "write one word",
  );

export const url = () =>
  checked(
    z.string(),
    (text) => /^https?:\/\/[^\s/]+/.test(text) && !/\s/.test(text),
    (text) => `"${text}" is no URL`,
    "write it as http://host:port",
  );

export const port = () => z.int().min(1).max(65_535);

/** VRRP router id. */
export const vrid = () => z.int().min(1).max(255);

export const interfaceName = () =>
  checked(
    z.string(),
    (text) => /^[^\s/]{1,15}$/.test(text),
    (text) => `"${text}" is no network interface`,
    "write a name of at most 15 characters, such as eth0",
  );

export const absolutePath = () =>
  checked(
    z.string(),
    (text) => text.startsWith("/"),
    (text) => `"${text}" is no absolute path`,
    "begin with a slash",
  );

export const userFile = () =>
  checked(
    z.string(),
    (text) => text.trim() !== "",
    () => "the path is empty",
    "write a path; ~ is the home folder, other relative paths start at the inventory file",
  );

/** `key=value:Effect` */
export const taintText = () =>
  checked(
    z.string(),
    (text) => parseTaint(text) !== undefined,
    (text) => `"${text}" is no taint`,
    `write key=value:Effect or key:Effect, with the effect ${TAINT_EFFECTS.join(", ")}`,
  );

const UNITS: Readonly<Record<string, number>> = { "": 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** `8Gi` → bytes. @returns undefined when the text is no size. */
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
      (text) => `"${text}" is no size`,
      "write a number of bytes, or a number with Ki, Mi, Gi or Ti, such as 4Gi",
    ),
  ]);

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `90s`, `5m`, `26h`, `30d` → seconds. @returns undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const found = /^(\d{1,9})([smhd])$/.exec(text);
  return found === null ? undefined : Number(found[1]) * (SECONDS[found[2] ?? ""] ?? 1);
}

/** A number with s, m, h or d. */
export const duration = () =>
  checked(
    z.string(),
    (text) => parseDuration(text) !== undefined,
    (text) => `"${text}" is no duration`,
    "write a number with s, m, h or d, such as 5m",
  );

/** What fits, and how to write it; for texts with a form of their own. */
export const textLike = (form: RegExp, what: string, remedy: string) =>
  checked(
    z.string(),
    (text) => form.test(text),
    (text) => `"${text}" is no ${what}`,
    remedy,
  );

export const version = () =>
  checked(
    z.string(),
    (text) => /^v?\d+(\.\d+){1,3}([-+][0-9A-Za-z.-]+)?$/.test(text),
    (text) => `"${text}" is no version`,
    'write it in quotes, such as "1.35.4"',
  );

/** A secret: encrypted in place, so that the inventory may be committed. */
export const vaulted = () =>
  z.custom<Tagged>((value) => value instanceof Tagged && value.tag === "!vault", {
    error: "a secret must not stand here in clear text",
    params: { remedy: "encrypt it: ansible-vault encrypt_string prints a !vault value to paste" },
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

/** systemd's OnCalendar, as far as a look can tell; the hosts' own systemd reads it before it is installed. */
export const calendar = () =>
  checked(
    z.string(),
    (text) => CALENDAR.test(text),
    (text) => `"${text}" is no calendar expression of systemd`,
    "write it as weekday date time, such as Sun *-*-* 04:30:00, or daily; systemd-analyze calendar explains one",
  );
