import type { Method, Parameter } from "./discovery.ts";
import { facts } from "./facts.ts";
import { GoogleError } from "./google_error.ts";

/** What Google accepts with every method: as documented, and what its front end knows beside that. */
const global_parameters = new Set([
  ...Object.keys(facts.parameters),
  "access_token",
  "callback",
  "uploadType",
  "upload_protocol",
  "$.xgafv",
]);

/** The checked query of one request. Reading is typed; a missing parameter is undefined. */
export class Query {
  readonly #parameters: URLSearchParams;

  constructor(parameters: URLSearchParams) {
    this.#parameters = parameters;
  }
  text(name: string): string | undefined {
    return this.#parameters.get(name) ?? undefined;
  }
  all(name: string): string[] {
    return this.#parameters.getAll(name);
  }
  flag(name: string): boolean | undefined {
    const value = this.#parameters.get(name);
    return value === null ? undefined : value === "true";
  }
  integer(name: string): number | undefined {
    const value = this.#parameters.get(name);
    return value === null ? undefined : Number(value);
  }
  has(name: string): boolean {
    return this.#parameters.has(name);
  }
}

/** Checks a query string against the method's contract: 400 with the parameter as location. Unknown
 * parameters are refused only when strict. Instants are checked where they are used. */
export function checkQuery(
  contract: Method,
  parameters: URLSearchParams,
  strict: boolean,
): Query {
  for (const [name, value] of parameters) {
    const rule = contract.parameters[name];
    if (rule?.location === "query") checkParameter(name, value, rule);
    else if (strict && !global_parameters.has(name)) {
      throw new GoogleError("unknownParameter", {
        message:
          `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter.`,
        location: name,
      });
    }
  }
  for (const [name, { location, required }] of Object.entries(contract.parameters)) {
    if (location === "query" && required && !parameters.has(name)) {
      throw new GoogleError("required", {
        message: `Required parameter: ${name}`,
        location: name,
      });
    }
  }
  const alt = parameters.get("alt");
  if (alt !== null && alt !== "json") {
    throw new GoogleError("invalidParameter", { message: `Invalid alt: ${alt}`, location: "alt" });
  }
  const quota_user = parameters.get("quotaUser");
  if (quota_user !== null && quota_user.length > 40) {
    throw new GoogleError("invalidParameter", {
      message: "quotaUser is longer than 40 characters.",
      location: "quotaUser",
    });
  }
  return new Query(parameters);
}

function checkParameter(name: string, value: string, rule: Parameter): void {
  if (rule.type === "boolean" && value !== "true" && value !== "false") {
    throw invalid(name, `Invalid boolean value: '${value}'.`);
  }
  if (rule.type === "integer") checkInteger(name, value, rule);
  if (rule.enum !== undefined && !rule.enum.includes(value)) {
    const allowed = rule.enum.join(", ");
    throw invalid(name, `Invalid string value: '${value}'. Allowed values: [${allowed}]`);
  }
}

function checkInteger(name: string, value: string, { minimum, maximum }: Parameter): void {
  if (!/^-?\d{1,10}$/.test(value)) throw invalid(name, `Invalid integer value: '${value}'.`);
  const number = Number(value);
  const below = minimum !== undefined && number < Number(minimum);
  const above = maximum !== undefined && number > Number(maximum);
  if (below || above) {
    const range = `[${minimum ?? ""}, ${maximum ?? ""}]`;
    throw invalid(name, `Invalid value '${value}'. Values must be within the range: ${range}`);
  }
}

function invalid(name: string, message: string): GoogleError {
  return new GoogleError("invalidParameter", { message, location: name });
}
