// The program behind `deno task start`: one emulator, until it is stopped.
import { parseArgs } from "node:util";
import { default_client, startGoogleEmulator } from "./emulator.ts";

const HELP = `Runs a Google Calendar emulator on this machine, with its state in memory.

Usage: deno task start [options]

  --port N   port on 127.0.0.1 (default 54380, 0 = any free one)
  --strict   unknown query parameters and body fields are 400 (default: ignored)
  --json     print one line of JSON when ready, instead of the summary
  --help     this text

Point your client's base address at the printed URL, and sign in or create accounts through
<url>/emulator/ (README.md).`;

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    print(Deno.stderr, error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}

async function main(args: string[]): Promise<void> {
  const { help, port, strict, json } = readOptions(args);
  if (help) return print(Deno.stdout, HELP);
  const emulator = await startGoogleEmulator({ port, strict });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, async () => {
      await emulator.stop();
      Deno.exit(0);
    });
  }
  print(Deno.stdout, json ? JSON.stringify({ url: emulator.url }) : summary(emulator.url));
}

interface Options {
  help: boolean;
  port: number;
  strict: boolean;
  json: boolean;
}

/** Reads the command line; an Error names what is wrong. */
function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    // `deno task start -- --port 0` passes the two dashes on.
    args: args[0] === "--" ? args.slice(1) : args,
    options: {
      help: { type: "boolean", default: false },
      port: { type: "string", default: "54380" },
      strict: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port ${values.port}: a port is a number from 0 to 65535`);
  }
  return { ...values, port };
}

function summary(url: string): string {
  return `The Google Calendar emulator is running.

  Calendar API   ${url}/calendar/v3/
  Sign-in        ${url}/o/oauth2/v2/auth, ${url}/token
  Control        ${url}/emulator/
  OAuth client   ${default_client.client_id}
  Client secret  ${default_client.client_secret}

Ctrl-C stops it; everything in it is then gone.`;
}

function print(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  to.writeSync(new TextEncoder().encode(`${text}\n`));
}
