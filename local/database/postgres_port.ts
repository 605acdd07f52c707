import { createServer, type Server, type Socket } from "node:net";
import type { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketHandler } from "@electric-sql/pglite-socket";
import type { LocalDatabase } from "./local_database.ts";
import { fatalError } from "./protocol_message.ts";
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
    beforeSession(socket, () => {
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

/** How a connection may begin: 8 bytes of length and code, then the options of a session (the Postgres protocol, 54.7). */
const BEGIN_LENGTH = 8;
const ENCRYPTION_CODES = [80_877_103, 80_877_104];
const CANCEL_CODE = 80_877_102;
const PROTOCOL_3_0 = 196_608;

/** Answers what comes before a session, and what no session can begin with, none of which pglite-socket knows. */
function beforeSession(socket: Socket, begin: () => void): void {
  socket.once("error", () => socket.destroy());
  socket.once("data", (data: Uint8Array) => {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const code = view.byteLength < BEGIN_LENGTH ? PROTOCOL_3_0 : view.getInt32(4);
    if (ENCRYPTION_CODES.includes(code)) {
      // The answer is one letter; the client continues without encryption.
      socket.write("N");
      return beforeSession(socket, begin);
    }
    // A statement of PGlite cannot be cancelled.
    if (code === CANCEL_CODE) return socket.end();
    if (code !== PROTOCOL_3_0) {
      return socket.end(
        fatalError("0A000", "unsupported frontend protocol: PGlite's port speaks 3.0"),
      );
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
