import {
  fatalError,
  isReady,
  lastBytes,
  problemOf,
  sqlOf,
  SYNC,
  typeOf,
  withSql,
} from "./protocol_message.ts";

/** The part of PGlite that is used: one Postgres session. */
export interface SharedSession {
  runExclusive<T>(work: () => Promise<T>): Promise<T>;
  execProtocolRawStream(
    message: Uint8Array,
    options: { onRawData: (data: Uint8Array) => void },
  ): Promise<void>;
  exec(script: string): Promise<unknown>;
}

export interface SessionTurnsOptions {
  session: SharedSession;
  /** Runs work while no other caller uses the session. */
  exclusive: <T>(work: () => Promise<T>) => Promise<T>;
  /** How long a connection may keep the session without sending anything, in a transaction. */
  idle_ms: number;
  /** Ends a connection, which is told why before. */
  disconnect: (connection: number) => void;
  /** A statement may have changed the schema. */
  onSchemaChange: () => Promise<void>;
}

type Send = (data: Uint8Array) => void;

/** Who has the session, from the first message until Postgres is ready for another query outside a transaction. */
interface Turn {
  connection: number;
  send: Send;
  has_changed_schema: boolean;
  idle: ReturnType<typeof setTimeout> | undefined;
  end: () => void;
}

/** What a connection sets lasts for its transaction: everybody else uses the same session. */
const RESET = "reset session authorization; reset role; reset all";
const DDL = /\b(create|alter|drop)\b/i;

/**
 * Lets the connections of a port and the local stack use one session in turns, of a whole transaction each. The queue of
 * pglite-socket has turns of a message: statements of two connections, or of one and the stack, would run inside each
 * other's transaction. It has the methods that its connection handlers call.
 */
export class SessionTurns {
  readonly #options: SessionTurnsOptions;
  readonly #queues = new Map<number, Promise<unknown>>();
  readonly #ended = new Set<number>();
  #turn: Turn | null = null;

  constructor(options: SessionTurnsOptions) {
    this.#options = options;
  }

  /** Sends one message to Postgres when it is the connection's turn. Returns how many bytes came back. */
  enqueue(connection: number, message: Uint8Array, send: Send): Promise<number> {
    const before = this.#queues.get(connection) ?? Promise.resolve();
    const result = before.then(() => this.#process(connection, message, send));
    this.#queues.set(connection, result.catch(() => undefined));
    return result;
  }

  getQueueLength(): number {
    return this.#queues.size;
  }

  /** The connection has ended: what it has not sent to Postgres yet is not sent. */
  clearQueueForHandler(connection: number): void {
    this.#ended.add(connection);
    this.#queues.delete(connection);
  }

  /** The connection has ended: what it has not committed is rolled back. */
  async clearTransactionIfNeeded(connection: number): Promise<void> {
    if (this.#turn?.connection === connection) await this.#abandon(this.#turn);
  }

  async #process(connection: number, message: Uint8Array, send: Send): Promise<number> {
    // Postgres would end its only session.
    if (typeOf(message) === "X" || this.#ended.has(connection)) return 0;
    const problem = problemOf(message);
    if (problem !== null) {
      await this.#disconnect(connection, send, fatalError("08P01", problem));
      return 0;
    }
    const turn = this.#turn?.connection === connection
      ? this.#turn
      : await this.#begin(connection, send);
    clearTimeout(turn.idle);
    if (this.#ended.has(connection)) {
      await this.#abandon(turn);
      return 0;
    }
    // Clients name their prepared statements alike, and each believes that it has a session of its own.
    if (typeOf(message) === "" && this.#queues.size === 1) {
      await this.#options.session.exec("deallocate all");
    }
    turn.send = send;
    turn.has_changed_schema ||= DDL.test(sqlOf(message) ?? "");
    const { session, idle_ms } = this.#options;
    let bytes = 0;
    let tail: Uint8Array = new Uint8Array();
    await session.runExclusive(() =>
      session.execProtocolRawStream(refusing(message), {
        onRawData: (data) => {
          bytes += data.length;
          tail = lastBytes(tail, data);
          send(data);
        },
      })
    );
    if (isReady(tail)) await this.#end(turn);
    else turn.idle = setTimeout(() => void this.#expire(turn), idle_ms);
    return bytes;
  }

  #begin(connection: number, send: Send): Promise<Turn> {
    return new Promise((begun, failed) => {
      this.#options.exclusive(() =>
        new Promise<void>((end) => {
          const turn = { connection, send, has_changed_schema: false, idle: undefined, end };
          this.#turn = turn;
          begun(turn);
        })
      ).catch(failed);
    });
  }

  async #end(turn: Turn): Promise<void> {
    if (this.#turn !== turn) return;
    clearTimeout(turn.idle);
    try {
      await this.#options.session.exec(RESET);
      if (turn.has_changed_schema) await this.#options.onSchemaChange();
    } finally {
      this.#turn = null;
      turn.end();
    }
  }

  async #expire(turn: Turn): Promise<void> {
    if (this.#turn !== turn) return;
    await this.#disconnect(
      turn.connection,
      turn.send,
      fatalError("25P03", "terminating connection due to idle-in-transaction timeout"),
    );
  }

  async #disconnect(connection: number, send: Send, reason: Uint8Array): Promise<void> {
    this.#ended.add(connection);
    await this.clearTransactionIfNeeded(connection);
    send(reason);
    this.#options.disconnect(connection);
  }

  /** Postgres ignores everything after an error until Sync, the rollback too. */
  async #abandon(turn: Turn): Promise<void> {
    const { session } = this.#options;
    await session.runExclusive(() =>
      session.execProtocolRawStream(SYNC, { onRawData: () => undefined })
    );
    await session.exec("rollback");
    await this.#end(turn);
  }
}

/** With an error in the place of what would end PGlite's only session. */
function refusing(message: Uint8Array): Uint8Array {
  const sql = sqlOf(message) ?? "";
  const refused = REFUSED.find(({ pattern }) => pattern.test(sql));
  return refused === undefined ? message : withSql(message, errorOf(refused));
}

interface RefusedSql {
  pattern: RegExp;
  text: string;
  hint: string;
}

const REFUSED: readonly RefusedSql[] = [
  // What COPY copies PGlite reads from its own input, and ends when there is none.
  {
    pattern: /\bcopy\b[\s\S]*\bfrom\s+stdin\b/i,
    text: "PGlite cannot COPY FROM STDIN",
    hint: "Use INSERT, or start with --database-url.",
  },
  // Postgres would end the session at the next message. Dumps set them to 0.
  {
    pattern:
      /\bset(_config)?\b[^;]*\b(idle_in_transaction_session|idle_session|transaction)_timeout\b(?!'?\s*(=|to|,)\s*'?0'?\s*(,|\)|;|$))/i,
    text: "PGlite has one session, which must not end",
    hint: "Leave the timeout at 0, or start with --database-url.",
  },
];

function errorOf({ text, hint }: RefusedSql): string {
  return `do $$ begin
  raise exception using errcode = '0A000', message = '${text}', hint = '${hint}';
end $$`;
}
