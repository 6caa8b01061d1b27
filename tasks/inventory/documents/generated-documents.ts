/** Generates the JSON Schema for editors and two pages of documentation from the schema and the rules. */
import { z } from "zod";
import { INVENTORY_RULES } from "../rules/inventory-rules.ts";
import { clusterSchema } from "../schema/cluster.ts";
import { alternatives, descriptionOf } from "../schema/walk.ts";
import { type CodeDoc, READING_CODES, SCHEMA_CODES } from "./problem-codes.ts";

type AnySchema = z.core.$ZodType;
type JsonSchema = { [key: string]: unknown };

const MARKER = "Generated from tasks/inventory by `npm run schema`. Do not edit.";

/** A rule and its text in docs/rules.md. */
export interface RuleDoc extends CodeDoc {
  readonly severity: string;
}

/**
 * Path relative to the repository's root → content.
 * @param vendor codes of the tools' rules, from toolchain/tool-rules.ts
 */
export function generatedDocuments(vendor: readonly RuleDoc[]): ReadonlyMap<string, string> {
  return new Map([
    ["inventories/cluster.schema.json", `${JSON.stringify(editorSchema(), null, 2)}\n`],
    ["docs/inventory.md", inventoryPage()],
    ["docs/rules.md", rulesPage(vendor)],
  ]);
}

/** For the YAML language server. No key is required, because a file is only a part of an inventory. */
function editorSchema(): JsonSchema {
  const schema = z.toJSONSchema(clusterSchema, { target: "draft-7", io: "input", unrepresentable: "any" });
  return { $comment: MARKER, title: "kube-magic cluster", ...withoutRequired(schema as JsonSchema) };
}

function withoutRequired(schema: JsonSchema): JsonSchema {
  const result: JsonSchema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "required") continue;
    if (key === "properties") {
      const properties = Object.entries(value as Record<string, JsonSchema>);
      result[key] = Object.fromEntries(properties.map(([name, inner]) => [name, withoutRequired(inner)]));
    } else if (key === "additionalProperties" && typeof value === "object") {
      result[key] = withoutRequired(value as JsonSchema);
    } else result[key] = value;
  }
  return result;
}

function inventoryPage(): string {
  const { shape } = clusterSchema;
  const intro = `# The central inventory

${MARKER}

A cluster is a folder in \`inventories/\`. Its files are YAML maps of the sections below. You may divide the sections into
files as you like.

The values come from layers. A later layer wins:

1. \`inventories/_defaults/*.yml\`
2. \`inventories/<cluster>/*.yml\`, in the order of their names
3. \`inventories/<cluster>/local/*.yml\`, which git ignores
4. \`--set path=value\`

Maps merge key by key. Lists and all other values replace. \`null\` removes the value of a lower layer, so that the default
applies. \`npm run explain -- <path>\` shows where a value comes from; \`npm run validate\` checks all values.

YAML is read as Ansible reads it: \`yes\`, \`no\`, \`on\` and \`off\` are booleans, \`0644\` is 420, \`1.30\` is 1.3. Quote
what you mean as text. \`!vault\` and \`!unsafe\` values pass through unchanged.

A host range means several hosts: \`compute[1:4]\` with \`ip: 10.42.253.[20:23]\`. Ranges in the fields ip, ip6, address and
zone count with the range in the name. \`[01:12]\` keeps the zeros. Inside \`{ }\`, quote a range.

Secrets belong under \`tools\`, encrypted: \`ansible-vault encrypt_string --name db_password\` prints a \`!vault\` value to
paste. git ignores the files in \`local/\`, but they are not encrypted.

Editors with the YAML language server complete and check keys: the first line of each file names the schema. Add \`!vault\`
and \`!unsafe\` to the editor's \`yaml.customTags\`.
`;
  const simple = Object.entries(shape).filter(([, schema]) => fieldsOf(schema).length === 0);
  const sections = Object.entries(shape).filter(([, schema]) => fieldsOf(schema).length > 0);
  return [
    intro,
    "## Top level\n",
    table(simple.map(([name, schema]) => [name, schema])),
    ...sections.map(
      ([name, schema]) =>
        `\n## ${name}\n\n${descriptionOf(schema).replaceAll("<", "\\<")}\n\n${table(fieldsOf(schema))}`,
    ),
  ].join("\n");
}

type Field = readonly [name: string, schema: AnySchema];

/** The leaves below a section, with dotted names; `<name>` is a key that the user chooses. */
function fieldsOf(schema: AnySchema, prefix = ""): Field[] {
  return alternatives(schema).flatMap((one): Field[] => {
    const { def } = one._zod;
    if (def.type === "object") {
      const shape = Object.entries((def as z.core.$ZodObjectDef).shape);
      return shape.flatMap(([name, inner]) =>
        leafOrFields(inner, prefix === "" ? name : `${prefix}.${name}`),
      );
    }
    if (def.type === "array") return fieldsOf((def as z.core.$ZodArrayDef).element, `${prefix}[]`);
    if (def.type === "record" && prefix === "") {
      return leafOrFields((def as z.core.$ZodRecordDef).valueType, "<name>");
    }
    return [];
  });
}

function leafOrFields(schema: AnySchema, name: string): Field[] {
  const inner = fieldsOf(schema, name);
  const isMapOnly = alternatives(schema).every((one) => one._zod.def.type === "object");
  return isMapOnly && inner.length > 0 ? inner : [[name, schema], ...inner];
}

function table(fields: readonly Field[]): string {
  // A key that several alternatives share has one row.
  const byName = new Map<string, AnySchema[]>();
  for (const [name, schema] of fields) byName.set(name, [...(byName.get(name) ?? []), schema]);
  const rows = [...byName].map(([name, schemas]) => {
    const cells = [
      `\`${name}\``,
      [...new Set(schemas.map(typeOf))].join(" or "),
      schemas.map(defaultOf)[0] ?? "",
      (schemas.map(descriptionOf).find((text) => text !== "") ?? "").replaceAll("<", "\\<"),
    ];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return ["| key | type | default | meaning |", "|---|---|---|---|", ...rows, ""].join("\n");
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "number",
  int: "number",
  boolean: "true or false",
  record: "map",
  object: "map",
  unknown: "anything",
  custom: "!vault value",
};

function typeOf(schema: AnySchema): string {
  const names = alternatives(schema).map((one) => {
    const { def } = one._zod;
    if (def.type === "enum") return Object.values((def as z.core.$ZodEnumDef).entries).join(", ");
    if (def.type === "literal") return (def as z.core.$ZodLiteralDef<string>).values.join(", ");
    if (def.type !== "array") return TYPES[def.type] ?? def.type;
    const item = (def as z.core.$ZodArrayDef).element;
    return `list of ${typeOf(item)}`;
  });
  return [...new Set(names)].join(" or ");
}

function defaultOf(schema: AnySchema): string {
  const { def } = schema._zod;
  if (def.type === "default") return `\`${inline((def as z.core.$ZodDefaultDef).defaultValue)}\``;
  if (def.type === "optional" || def.type === "prefault") return "";
  return def.type === "record" || def.type === "object" ? "" : "required";
}

function inline(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value).replaceAll('"', "").replaceAll(",", ", ");
}

function rulesPage(vendor: readonly RuleDoc[]): string {
  const plain = ({ code, title, rationale }: CodeDoc) => `### ${code}: ${title}\n\n${rationale}\n`;
  const rule = (one: RuleDoc) => plain({ ...one, title: `${one.title} (${one.severity})` });
  return [
    `# Problems and rules

${MARKER}

Every problem has a code that stays the same. An error stops a deployment before it begins. A warning does not; with
\`npm run validate -- --strict\`, a warning is an error too. Codes below KM100 are about reading a file, KM100 to KM119
about its form, and the others about its meaning.

## Reading files
`,
    ...READING_CODES.map(plain),
    "## Form\n",
    ...SCHEMA_CODES.map(plain),
    "## Rules\n",
    ...INVENTORY_RULES.map(rule),
    "## The tools\n",
    "Checks of the tools that `npm run init` installed, and of the files in vendor/.\n",
    ...vendor.map(rule),
  ].join("\n");
}
