import postgres from "postgres";

/** Supabase's session pooler, as far as `supabase db push` needs one. */
export interface SessionPooler extends AsyncDisposable {
  /** An element of `GET /config/database/pooler`. */
  readonly configuration: Record<string, unknown>;
  /** Response of `POST /cli/login-role`. */
  readonly login: { role: string; password: string; ttl_seconds: number };
}

/** The CLI always takes this port of a pooler, whatever the configuration says. */
const PORT = 5432;

/**
 * Passes connections on to the server of `admin_url`. The CLI only takes a pooler whose host is no plain IP
 * address and whose port is 5432. "127.77.N" is one: getaddrinfo reads it as 127.77.0.N, which on Linux is this
 * machine, like every address that begins with 127.
 */
export async function sessionPooler(admin_url: string, ref: string): Promise<SessionPooler> {
  const target = new URL(admin_url);
  const password = crypto.randomUUID();
  const role = "cli_login_postgres";
  const admin = postgres(admin_url, { max: 1, onnotice: () => {} });
  try {
    // A real pooler takes the part after the dot for the project, and logs in as the part before it.
    await admin.unsafe(
      `create role "${role}.${ref}" login noinherit password '${password}' in role postgres`,
    );
  } finally {
    await admin.end();
  }
  const { listener, host } = listen();
  const open = new Set<Deno.Conn>();
  const accepting = (async () => {
    for await (const client of listener) {
      const server = await Deno.connect({ hostname: target.hostname, port: Number(target.port) });
      open.add(client).add(server);
      const done = Promise.allSettled([
        client.readable.pipeTo(server.writable),
        server.readable.pipeTo(client.writable),
      ]);
      void done.then(() => {
        open.delete(client);
        open.delete(server);
      });
    }
  })();
  const url =
    `postgresql://postgres.${ref}:[YOUR-PASSWORD]@${host}:6543${target.pathname}?sslmode=disable`;
  return {
    configuration: {
      identifier: ref,
      database_type: "PRIMARY",
      is_using_scram_auth: true,
      db_user: `postgres.${ref}`,
      db_host: host,
      db_port: 6543,
      db_name: target.pathname.slice(1),
      connection_string: url,
      connectionString: url,
      default_pool_size: 15,
      max_client_conn: 200,
      pool_mode: "transaction",
    },
    login: { role, password, ttl_seconds: 300 },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) {
        try {
          connection.close();
        } catch (error) {
          if (!(error instanceof Deno.errors.BadResource)) throw error;
        }
      }
      await accepting;
    },
  };
}

/** Other tests on this machine may have taken an address. */
function listen(): { listener: Deno.TcpListener; host: string } {
  for (let number = 1; number < 255; number++) {
    try {
      const listener = Deno.listen({ hostname: `127.77.0.${number}`, port: PORT });
      return { listener, host: `127.77.${number}` };
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(`Every address 127.77.0.N has port ${PORT} taken`);
}
