import type { JsonSchema } from "./json_schema.ts";

/** The type of JSON values that a schema of the contract describes, as TypeScript; components by their names. */
export function typeOf(schema: JsonSchema | boolean): string {
  if (typeof schema === "boolean") return schema ? "unknown" : "never";
  const { $ref, enum: values, anyOf, oneOf, type } = schema;
  if (typeof $ref === "string") return $ref.split("/").at(-1) ?? "unknown";
  if ("const" in schema) return JSON.stringify(schema.const);
  if (Array.isArray(values)) return union(values.map((value) => JSON.stringify(value)));
  const variants = anyOf ?? oneOf;
  if (Array.isArray(variants)) {
    const { anyOf: _, oneOf: __, ...common } = schema;
    // A variant that only narrows the values of a type (a format, a pattern) says nothing of its own.
    return union(variants.map((one: JsonSchema) => typeOf({ ...common, ...one })));
  }
  if (Array.isArray(type)) return union(type.map((one) => typeOf({ ...schema, type: one })));
  return typeNamed(String(type), schema);
}

function typeNamed(type: string, schema: JsonSchema): string {
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "number":
    case "integer":
      return "number";
    case "array":
      return arrayOf(schema);
    case "object":
      return objectOf(schema);
    default:
      return "unknown";
  }
}

function arrayOf({ items, minItems, maxItems }: JsonSchema): string {
  const element = typeOf((items ?? true) as JsonSchema);
  if (minItems === 1 && maxItems === 1) return `[${element}]`;
  const is_union = ["anyOf", "oneOf", "enum"].some((keyword) => keyword in Object(items)) ||
    Array.isArray((items as JsonSchema | undefined)?.type);
  return is_union ? `(${element})[]` : `${element}[]`;
}

function objectOf(
  { properties = {}, required = [], additionalProperties, propertyNames }: JsonSchema,
): string {
  const fields = Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) => {
    const mark = (required as string[]).includes(name) ? "" : "?";
    return `${commentOf(schema)}${fieldName(name)}${mark}: ${typeOf(schema)};`;
  });
  if (additionalProperties === false) return `{ ${fields.join("\n")} }`;
  const value = typeOf((additionalProperties ?? true) as JsonSchema);
  if (fields.length > 0) return `{ ${fields.join("\n")}\n[field: string]: unknown }`;
  const names = propertyNames === undefined ? "string" : typeOf(propertyNames as JsonSchema);
  return names === "string" ? `Record<string, ${value}>` : `Partial<Record<${names}, ${value}>>`;
}

/** A name as TypeScript writes it in a type. */
export function fieldName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

/** The description of a schema, as a comment of its own line. */
export function commentOf({ description }: JsonSchema): string {
  return typeof description === "string" ? `/** ${description.replaceAll("*/", "* /")} */\n` : "";
}

function union(members: readonly string[]): string {
  const different = [...new Set(members)];
  // Every text: the texts that are listed beside it are among them.
  const shown = different.includes("string")
    ? different.filter((member) => !member.startsWith('"'))
    : different;
  return shown.join(" | ");
}
