// Serves one bundled function, as the edge runtime does: loads it, then listens. Argument: its URL. Prints the port.
const { default: bundled } = await import(Deno.args[0]);
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => Deno.stdout.writeSync(new TextEncoder().encode(`${port}\n`)),
}, (request) => bundled.fetch(request));
