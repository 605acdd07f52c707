import { createServer, type Server, type Socket } from "node:net";
import type { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketHandler } from "@electric-sql/pglite-socket";
import type { LocalDatabase } from "./local_database.ts";
import { SessionTurns } from "./session_turns.ts";

/** A port of this machine on which psql and every other client of Postgres reaches PGlite. */
export interface PostgresPort {
  /** A connection string, without a password: none is asked for. */
  readonly url: string;
  stop(): Promise<void>;
}

/** How long a transaction may wait for its client while everything else waits for it. */
export const IDLE_IN_TRANSACTION_MS = 10_000;

const HOST = "127.0.0.1";
const MOST_CONNECTIONS = 20;

/** Opens the port, on 127.0.0.1. Throws a sentence for people when it is taken. */
export async function openPostgresPort(
  database: LocalDatabase,
  { port, idle_ms = IDLE_IN_TRANSACTION_MS }: { port: number; idle_ms?: number },
): Promise<PostgresPort> {
  const session = database.connection.driver as PGlite;
  const connections = new Map<number, { handler: PGLiteSocketHandler; socket: Socket }>();
  const turns = new SessionTurns({
    session,
    exclusive: database.exclusive,
    idle_ms,
    disconnect: (id) => connections.get(id)?.socket.end(),
    onSchemaChange: () => Promise.resolve(database.connection.clearSchemaCache()),
  });
  const server = createServer((socket) =>
    withoutEncryption(socket, () => {
      const handler = new PGLiteSocketHandler({
        queryQueue: turns as unknown as HandlerOptions["queryQueue"],
        closeOnDetach: true,
      });
      connections.set(handler.handlerId, { handler, socket });
      handler.addEventListener("close", () => connections.delete(handler.handlerId));
      void handler.attach(socket);
    })
  );
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, port);
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A TCP server has a port");
  return {
    url: `postgresql://postgres@${HOST}:${address.port}/postgres`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all([...connections.values()].map(({ handler }) => handler.detach(true)));
      await closed;
    },
  };
}

type HandlerOptions = ConstructorParameters<typeof PGLiteSocketHandler>[0];

/** SSLRequest and GSSENCRequest: 8 bytes, and the answer is one letter (the Postgres protocol, 54.7). */
const ENCRYPTION_CODES = [80_877_103, 80_877_104];

/** Declines the encryption that clients ask for first, which pglite-socket does not know. */
function withoutEncryption(socket: Socket, begin: () => void): void {
  socket.once("error", () => socket.destroy());
  socket.once("data", (data: Uint8Array) => {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data.byteLength === 8 && ENCRYPTION_CODES.includes(view.getInt32(4))) {
      socket.write("N");
      return withoutEncryption(socket, begin);
    }
    begin();
    socket.emit("data", data);
  });
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: Error & { code?: string }) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(
            `Port ${port} is taken: stop the program that uses it, or choose another one for ` +
              "Postgres (--postgres-port 0 takes any free one)",
            { cause: error },
          )
          : error,
      );
    });
    server.listen(port, HOST, resolve);
  });
}
