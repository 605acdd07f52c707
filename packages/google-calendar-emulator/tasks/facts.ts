// The program behind `deno task facts -- <path or URL of Google's discovery document>`.
import { extractFacts } from "../contract/extract_facts.ts";

const LINE_WIDTH = 100;
const TARGET = new URL("../contract/facts.ts", import.meta.url);

const HEAD =
  `// Written by \`deno task facts\`: facts of Google's discovery document of Calendar v3, without its
// prose. Do not edit.
import type { DiscoveryFacts } from "./discovery.ts";

export const facts = `;

function print(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  to.writeSync(new TextEncoder().encode(`${text}\n`));
}

async function readText(from: string): Promise<string> {
  if (!/^https?:/.test(from)) return await Deno.readTextFile(from);
  const response = await fetch(from);
  if (!response.ok) throw new Error(`${from} answered ${response.status}`);
  return await response.text();
}

/** A value as source text, on one line where it fits, as the formatter leaves it. `column` is where
 * it begins. */
function literal(value: unknown, indent: number, column: number): string {
  const line = oneLine(value);
  if (typeof value !== "object" || value === null || column + line.length < LINE_WIDTH) return line;
  const inner = " ".repeat(indent + 2);
  const item = (name: string, member: unknown) =>
    `${inner}${name}${literal(member, indent + 2, indent + 2 + name.length)},\n`;
  const items = Array.isArray(value)
    ? value.map((member) => item("", member))
    : Object.entries(value).map(([key, member]) => item(`${keyText(key)}: `, member));
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${items.join("")}${" ".repeat(indent)}${close}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${oneLine(item)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function keyText(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
}

if (import.meta.main) {
  const [from, ...more] = Deno.args.filter((argument) => argument !== "--");
  if (from === undefined || more.length > 0) {
    print(Deno.stderr, "Usage: deno task facts -- <path or URL of the discovery document>");
    Deno.exit(2);
  }
  const facts = await extractFacts(await readText(from));
  const text = `${HEAD}${literal(facts, 0, 0)} as const satisfies DiscoveryFacts;\n`;
  await Deno.writeTextFile(TARGET, text);
  const methods = Object.keys(facts.methods).length;
  const schemas = Object.keys(facts.schemas).length;
  print(Deno.stdout, `Revision ${facts.revision}: ${methods} methods, ${schemas} schemas.`);
}
