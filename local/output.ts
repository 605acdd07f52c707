// The one place of local/ that prints. Programs write results to standard output and everything a
// person should know meanwhile to standard error, so that --json output stays one parsable line.

const encoder = new TextEncoder();

export function printLine(text = ""): void {
  writeAll(Deno.stdout, text + "\n");
}

export function printError(text: string): void {
  writeAll(Deno.stderr, text + "\n");
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = encoder.encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
}
