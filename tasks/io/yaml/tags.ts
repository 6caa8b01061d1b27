/** Explicit tags on scalars: Ansible's own two, and the core ones where the text fits. */
import { closest } from "../../core/closest.ts";
import { Float, type Scalar, Tagged } from "../../core/value.ts";
import { resolvePlain } from "./scalars.ts";
import type { Complaint } from "./source.ts";

const REFUSED: Readonly<Record<string, string>> = {
  "!!binary": "write the text as it is, or name a file that holds the bytes",
  "!!timestamp": "quote the date and remove the tag",
  "!!set": "write a list",
  "!!omap": "write a map; order is kept anyway",
  "!!pairs": "write a list of maps",
};

const KNOWN = ["!vault", "!unsafe", "!!str", "!!int", "!!float", "!!bool", "!!null"];

/** @param complain reports, and returns what to go on with. */
export function resolveTagged(written: string, text: string, complain: (c: Complaint) => string): Scalar {
  const tag = written.replace(/^!<tag:yaml\.org,2002:(.*)>$/, "!!$1").replace(/^!<(!.*)>$/, "$1");
  if (tag === "!unsafe") return new Tagged("!unsafe", text);
  if (tag === "!vault" || tag === "!vault-encrypted") return vault(text, complain);
  if (tag === "!!str") return text;
  if (["!!int", "!!float", "!!bool", "!!null"].includes(tag)) return core(tag, text, complain);
  const near = closest(tag, KNOWN);
  return complain({
    code: "KM013",
    message: `the tag ${written} is not supported${near === undefined ? "" : `, did you mean ${near}?`}`,
    remedy: tag.startsWith("!!python")
      ? "remove it: YAML must not make Python objects"
      : (REFUSED[tag] ?? "remove the tag, or quote a value that begins with an exclamation mark"),
  });
}

function vault(text: string, complain: (c: Complaint) => string): Scalar {
  if (!/^\s*\$ANSIBLE_VAULT;/.test(text)) {
    complain({
      code: "KM014",
      message: "a !vault value must begin with $ANSIBLE_VAULT;",
      remedy: "paste the whole output of ansible-vault encrypt_string",
    });
  }
  return new Tagged("!vault", text);
}

function core(tag: string, text: string, complain: (c: Complaint) => string): Scalar {
  const resolved = resolvePlain(text);
  const wanted = tag.slice(2);
  if (resolved.as === wanted && "value" in resolved) return resolved.value;
  if (wanted === "float" && /^[-+]?(?:0|[1-9][0-9_]*)$/.test(text) && resolved.as === "int")
    return new Float(Number(text.replaceAll("_", "")));
  return complain({
    code: "KM014",
    message: `${JSON.stringify(text)} is no ${wanted}`,
    remedy: "remove the tag, or write a value that fits it",
  });
}
