import * as z from "zod/mini";

z.config({
  customError: (issue) => issue.code === "unrecognized_keys" ? unknownFieldOf(issue) : undefined,
});

/** The message for a field that an object does not have; names those that it has. */
export function unknownField(accepted: readonly string[]): string {
  return accepted.length === 0
    ? "Unknown field. No field is accepted"
    : `Unknown field. Expected one of ${accepted.join(", ")}`;
}

function unknownFieldOf({ inst }: z.core.$ZodRawIssue): string | undefined {
  const object = inst as z.core.$ZodObject | undefined;
  return object === undefined ? undefined : unknownField(Object.keys(object._zod.def.shape));
}

/** Path and message of the first invalid value, with a path such as `participants[3].email`. */
export function firstIssue(error: z.core.$ZodError): { path: string; message: string } {
  const issue = error.issues[0];
  if (issue === undefined) return { path: "body", message: "Invalid value" };
  if (issue.code === "unrecognized_keys") {
    return { path: pathOf([...issue.path, issue.keys[0] ?? ""]), message: messageOf(issue) };
  }
  if (issue.code === "invalid_union") {
    // The branch with the deepest error is probably the one that the caller intended.
    const branches = issue.errors.flatMap((issues) => issues.slice(0, 1));
    const deepest = branches.sort((a, b) => b.path.length - a.path.length)[0];
    if (
      deepest !== undefined && (deepest.path.length > 0 || deepest.code === "unrecognized_keys")
    ) {
      const inner = deepest.code === "unrecognized_keys"
        ? { path: deepest.keys.slice(0, 1), message: messageOf(deepest) }
        : deepest;
      return {
        path: pathOf([...issue.path, ...deepest.path, ...(inner === deepest ? [] : inner.path)]),
        message: inner === deepest ? messageOf(deepest) : inner.message,
      };
    }
  }
  return { path: pathOf(issue.path), message: messageOf(issue) };
}

/** The default message of zod's small build. */
const DEFAULT_MESSAGE = "Invalid input";

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  null: "null",
};

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.message !== DEFAULT_MESSAGE) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `Expected ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `Expected ${issue.values.map(String).join(", ").replace(/, ([^,]*)$/, " or $1")}`;
    case "invalid_key":
      return issue.issues[0] === undefined ? "Expected another key" : messageOf(issue.issues[0]);
    case "too_big":
      return `Expected at most ${issue.maximum}${UNITS[issue.origin] ?? ""}`;
    case "too_small":
      return `Expected at least ${issue.minimum}${UNITS[issue.origin] ?? ""}`;
    default:
      return "Expected another value";
  }
}

const UNITS: Readonly<Record<string, string>> = { string: " characters", array: " items" };

/** The same as one line: "participants[3].email: Expected an e-mail address". */
export function issueText(error: z.core.$ZodError): string {
  const { path, message } = firstIssue(error);
  return `${path}: ${message}`;
}

function pathOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "body";
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");
}
