import { Ajv2020 } from "ajv/dist/2020.js";
import type { AnySchema, ErrorObject, Options } from "ajv/dist/2020.js";
import { fullFormats } from "ajv-formats/dist/formats.js";

export type Json = Record<string, unknown>;

/** What is wrong with a value, with the path of the field; null: nothing. */
export type Validate = (value: unknown) => string | null;

/** RFC 3339; requests may leave out the seconds. */
const REQUEST_INSTANT = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2})$/;

/** Schemas of the contract, each compiled when it is first needed. */
export class Validators {
  readonly #responses: Ajv2020;
  readonly #requests: Ajv2020;
  readonly #compiled = new Map<string, Validate>();

  constructor(contract: Json) {
    this.#responses = ajv(contract, {}, { ...fullFormats, "date-time": RESPONSE_INSTANT });
    // A query has texts alone.
    this.#requests = ajv(contract, { coerceTypes: true }, {
      ...fullFormats,
      "date-time": REQUEST_INSTANT,
      // The functions take addresses in every script.
      email: true,
    });
  }

  /** Of the schema at a place of the contract, e.g. ["components", "schemas", "Error"]. */
  response(place: readonly string[]): Validate {
    return this.#once(place, () => compiled(this.#responses, referenceTo(place)));
  }

  request(place: readonly string[]): Validate {
    return this.#once(place, () => compiled(this.#requests, referenceTo(place)));
  }

  /** Of a header, whose value is a text. */
  header(place: readonly string[]): Validate {
    return this.request(place);
  }

  /** Of the parameters of a query; others than these are wrong. */
  query(place: readonly string[], parameters: readonly { name: string }[]): Validate {
    return this.#once(place, () =>
      compiled(this.#requests, {
        type: "object",
        properties: Object.fromEntries(
          parameters.map(({ name }, i) => [name, referenceTo([...place, String(i), "schema"])]),
        ),
        additionalProperties: false,
      }));
  }

  #once(place: readonly string[], compile: () => Validate): Validate {
    const key = place.join(" ");
    const known = this.#compiled.get(key) ?? compile();
    this.#compiled.set(key, known);
    return known;
  }
}

/** RFC 3339 in whole seconds, the one form of all responses. */
const RESPONSE_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/;

function ajv(contract: Json, options: Options, formats: Options["formats"] & object): Ajv2020 {
  // The document around the schemas is no schema.
  const made = new Ajv2020({ strict: false, validateSchema: false, formats, ...options });
  made.addSchema(contract, "contract");
  return made;
}

function referenceTo(place: readonly string[]): { $ref: string } {
  const steps = place.map((step) =>
    encodeURIComponent(step.replaceAll("~", "~0").replaceAll("/", "~1"))
  );
  return { $ref: `contract#/${steps.join("/")}` };
}

function compiled(ajv: Ajv2020, schema: AnySchema): Validate {
  const validate = ajv.compile(schema);
  return (value) => validate(value) ? null : problemOf(validate.errors ?? []);
}

/** Of several variants the one that got furthest is probably the one that is meant. */
function problemOf(errors: readonly ErrorObject[]): string {
  const [deepest] = errors.filter(({ keyword }) => keyword !== "anyOf")
    .toSorted((a, b) => depthOf(b) - depthOf(a));
  if (deepest === undefined) return "is wrong";
  const { instancePath, message, params, schemaPath } = deepest;
  const about = JSON.stringify(params);
  return `${instancePath === "" ? "the body" : instancePath} ${message} ${about} (${schemaPath})`;
}

function depthOf({ instancePath }: ErrorObject): number {
  return instancePath.split("/").length;
}
