import type * as z from "zod/mini";

/** Where and why a value was refused; the path reads like code: `participants[3].email`. */
export function firstIssue(error: z.core.$ZodError): { path: string; message: string } {
  const issue = error.issues[0];
  if (issue === undefined) return { path: "body", message: "Invalid value" };
  if (issue.code === "unrecognized_keys") {
    return { path: pathOf([...issue.path, issue.keys[0] ?? ""]), message: "Unknown field" };
  }
  if (issue.code === "invalid_union") {
    // The branch that got furthest is the one the caller meant.
    const branches = issue.errors.flatMap((issues) => issues.slice(0, 1));
    const deepest = branches.sort((a, b) => b.path.length - a.path.length)[0];
    if (
      deepest !== undefined && (deepest.path.length > 0 || deepest.code === "unrecognized_keys")
    ) {
      const inner = deepest.code === "unrecognized_keys"
        ? { path: deepest.keys.slice(0, 1), message: "Unknown field" }
        : deepest;
      return {
        path: pathOf([...issue.path, ...deepest.path, ...(inner === deepest ? [] : inner.path)]),
        message: inner.message,
      };
    }
  }
  return { path: pathOf(issue.path), message: issue.message };
}

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
