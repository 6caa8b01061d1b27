/** What is generated from the schema and the rules: the JSON Schema for editors, and two pages of documentation. */
import { z } from "zod";
import { INVENTORY_RULES } from "../rules/inventory-rules.ts";
import { clusterSchema } from "../schema/cluster.ts";
import { alternatives, descriptionOf } from "../schema/walk.ts";
import { type CodeDoc, READING_CODES, SCHEMA_CODES } from "./problem-codes.ts";

type AnySchema = z.core.$ZodType;
type JsonSchema = { [key: string]: unknown };

const MARKER = "Generated from tasks/inventory by `npm run schema`. Do not edit.";

/** A rule as the documentation tells of it. */
export interface RuleDoc extends CodeDoc {
  readonly severity: string;
}

/**
 * Path below the repository's root → content.
 * @param vendor rules of the vendored tools, which this room does not know
 */
export function generatedDocuments(vendor: readonly RuleDoc[]): ReadonlyMap<string, string> {
  return new Map([
    ["inventories/cluster.schema.json", `${JSON.stringify(editorSchema(), null, 2)}\n`],
    ["docs/inventory.md", inventoryPage()],
    ["docs/rules.md", rulesPage(vendor)],
  ]);
}

/** For the YAML language server. A file is a part of an inventory, so nothing in maps that merge is required. */
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

A cluster is a folder in \`inventories/\`. Its files are YAML maps of the sections below; how they are cut into files is
up to you. Layers, later ones win: \`inventories/_defaults/*.yml\`, \`inventories/<cluster>/*.yml\` in the order of their
names, \`inventories/<cluster>/local/*.yml\` (not committed), \`--set path=value\`. Maps merge key by key; lists and all
other values replace; \`null\` takes back what a lower layer set. \`npm run explain -- <path>\` tells where a value comes
from, \`npm run validate\` checks all of it.

YAML is read as Ansible reads it: \`yes\`, \`no\`, \`on\` and \`off\` are booleans, \`0644\` is 420, \`1.30\` is 1.3. Quote
what is meant as text. \`!vault\` and \`!unsafe\` values pass through untouched.

A host range stands for several hosts: \`compute[1:4]\` with \`ip: 10.42.253.[20:23]\`. The fields ip, ip6, address and zone
count along with the name; \`[01:12]\` keeps the zeros. Inside \`{ }\` a range must be quoted.

Secrets belong under \`tools\`, encrypted: \`ansible-vault encrypt_string --name db_password\` prints a \`!vault\` value to
paste. A private layer in \`local/\` is not committed; that alone does not encrypt it.

Editors with the YAML language server complete and check keys: the first line of each file names the schema. For
\`!vault\` and \`!unsafe\`, add them to the editor's \`yaml.customTags\`.
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

/** The leaves below a section, with dotted names; \`<name>\` stands for a key of the user's choice. */
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

Every problem has a code that stays the same. Errors stop a deployment before it begins; warnings do not, unless
\`npm run validate -- --strict\` is used. Codes below KM100 are about reading a file, KM100 to KM119 about its form, those
above about its meaning.

## Reading files
`,
    ...READING_CODES.map(plain),
    "## Form\n",
    ...SCHEMA_CODES.map(plain),
    "## Rules\n",
    ...INVENTORY_RULES.map(rule),
    "## The tools\n",
    "About the tools that `npm run init` has brought, and about vendor/ itself.\n",
    ...vendor.map(rule),
  ].join("\n");
}
