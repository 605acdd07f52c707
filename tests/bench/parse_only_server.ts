/** The least that a server can do with a body: parse it. Prints {"port": number} and ends with its standard input. */
const server = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  async (request) => Response.json({ parsed: Object.keys(await request.json() as object).length }),
);
Deno.stdout.writeSync(
  new TextEncoder().encode(JSON.stringify({ port: server.addr.port }) + "\n"),
);
for await (const _ of Deno.stdin.readable) {
  /* Nothing is written: only the end counts. */
}
Deno.exit(0);
