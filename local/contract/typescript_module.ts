import type { JsonSchema } from "./json_schema.ts";
import { commentOf, fieldName, typeOf } from "./typescript.ts";

interface Described {
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  parameters?: { name: string; required: boolean; schema: JsonSchema }[];
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}

/** The types of a contract as a TypeScript module, not formatted: its components, and the operations by `METHOD path`. */
export function typescriptModule(document: JsonSchema): string {
  const { components, paths } = document as {
    components: { schemas: Record<string, JsonSchema> };
    paths: Record<string, Record<string, Described>>;
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => operationType(method, path, one))
  );
  return [
    "// Written by `deno task docs:openapi`: the types of the contract (docs/openapi.json).",
    ...Object.entries(components.schemas).map(([name, schema]) =>
      `${commentOf(schema)}export type ${name} = ${typeOf(schema)};`
    ),
    "/** What each operation takes, and the JSON that it returns with status 200, by method and path. */",
    `export interface Operations {\n${operations.join("\n")}\n}`,
    "",
  ].join("\n\n");
}

function operationType(
  method: string,
  path: string,
  { parameters = [], requestBody, responses }: Described,
): string {
  const query = parameters.map(({ name, required, schema }) =>
    `${fieldName(name)}${required ? "" : "?"}: ${typeOf(schema)};`
  );
  const { schema: body } = requestBody?.content["application/json"] ?? {};
  const { schema: data } = responses["200"]?.content?.["application/json"] ?? {};
  return `"${method.toUpperCase()} ${path.slice(1)}": {
    query: ${query.length === 0 ? "undefined" : `{ ${query.join("\n")} }`};
    body: ${body === undefined ? "undefined" : typeOf(body)};
    data: ${data === undefined ? "undefined" : typeOf(data)};
  };`;
}
