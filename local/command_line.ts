// Command lines of the tasks of deno.json: options as node:util has them, and a sentence for what is wrong.
import { parseArgs, type ParseArgsConfig } from "node:util";
import { closestOf } from "@shared/std/closest.ts";
import { printError, printLine } from "./output.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: boolean }>
>;

/** Values by the names of the options. */
export type OptionValues<T extends Options> = Parsed<T>["values"];

/** The exit code of a task that was asked for something that it does not have. */
const REFUSED = 2;

/** Reads options alone, as `readCommandLine` does. */
export function readOptions<const T extends Options>(
  args: readonly string[],
  options: T,
): OptionValues<T> {
  const { values, positionals } = readCommandLine(args, options);
  if (positionals.length > 0) {
    throw new Error(`This task takes options alone, not "${positionals[0]}"; --help lists them`);
  }
  return values;
}

/** Reads options and what is between them. Throws a sentence: an unknown option is named with the one that is nearest. */
export function readCommandLine<const T extends Options>(
  args: readonly string[],
  options: T,
): Parsed<T> {
  // `deno task test:chaos -- --seed 7` passes the two dashes on.
  const given = args[0] === "--" ? args.slice(1) : [...args];
  const { tokens } = parseArgs({ args: given, options, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "option" && !Object.hasOwn(options, token.name)) {
      throw new Error(unknownOption(token.rawName, Object.keys(options)));
    }
  }
  return parseArgs({ args: given, options, allowPositionals: true }) as Parsed<T>;
}

function unknownOption(raw_name: string, names: readonly string[]): string {
  const known = names.map((name) => `--${name}`);
  const closest = closestOf(raw_name, known);
  const hint = closest === undefined ? `It has ${known.join(", ")}` : `Did you mean ${closest}?`;
  return `"${raw_name}" is no option of this task. ${hint}`;
}

/**
 * The options of the task that is this process, as `read` makes them of their values. Prints `help` and ends with code 0
 * where it is asked for; ends with code 2 and one sentence where an option is unknown or `read` throws. A program calls it
 * before it does anything.
 */
export function taskOptions<const T extends Options, Read = OptionValues<T>>(
  help: string,
  options: T,
  read: (values: OptionValues<T>) => Read = (values) => values as Read,
): Read {
  try {
    const all = { ...options, help: { type: "boolean", short: "h", default: false } } as const;
    const values = readOptions(Deno.args, all) as OptionValues<T> & { help: boolean };
    if (!values.help) return read(values);
    printLine(help);
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    Deno.exit(REFUSED);
  }
  Deno.exit(0);
}

/** A whole number from 1, as the value of an option; underscores may separate its digits. Throws a sentence. */
export function wholeNumberOption(option: string, text: string): number {
  const number = Number(text.replaceAll("_", ""));
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new Error(`${option} needs a whole number from 1, not "${text}"`);
}
