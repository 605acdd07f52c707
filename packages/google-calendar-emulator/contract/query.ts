import { GoogleError } from "../google_error.ts";
import type { MethodContract } from "./methods.ts";

const global_parameters = new Set([
  "access_token",
  "alt",
  "callback",
  "fields",
  "key",
  "oauth_token",
  "prettyPrint",
  "quotaUser",
  "uploadType",
  "upload_protocol",
  "userIp",
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
  contract: MethodContract,
  parameters: URLSearchParams,
  strict: boolean,
): Query {
  for (const [name, value] of parameters) {
    const rule = contract.query[name];
    if (rule !== undefined) checkParameter(name, value, rule);
    else if (strict && !global_parameters.has(name)) {
      throw new GoogleError("unknownParameter", {
        message:
          `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter.`,
        location: name,
      });
    }
  }
  for (const [name, rule] of Object.entries(contract.query)) {
    if (rule.includes("required ") && !parameters.has(name)) {
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

function checkParameter(name: string, value: string, rule: string): void {
  const type = rule.replace("repeated ", "").replace("required ", "");
  if (type === "string" || type === "date-time") return;
  if (type === "boolean") {
    if (value === "true" || value === "false") return;
    throw invalid(name, `Invalid boolean value: '${value}'.`);
  }
  if (type.startsWith("integer")) {
    if (!/^-?\d{1,10}$/.test(value)) throw invalid(name, `Invalid integer value: '${value}'.`);
    const [lowest, highest] = type.replace("integer", "").trim().split("..");
    const number = Number(value);
    if ((lowest && number < Number(lowest)) || (highest && number > Number(highest))) {
      throw invalid(
        name,
        `Invalid value '${value}'. Values must be within the range: [${lowest ?? ""}, ${
          highest ?? ""
        }]`,
      );
    }
    return;
  }
  const allowed = type.split("|");
  if (!allowed.includes(value)) {
    throw invalid(
      name,
      `Invalid string value: '${value}'. Allowed values: [${allowed.join(", ")}]`,
    );
  }
}

function invalid(name: string, message: string): GoogleError {
  return new GoogleError("invalidParameter", { message, location: name });
}
