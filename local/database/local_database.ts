import type { Connection } from "@supabase/lite";

/** Statements on the database as its owner, on one session. */
export interface Session {
  /** One statement with `$1` parameters. Timestamps come back as text, jsonb as values. */
  query<Row = Record<string, unknown>>(text: string, params?: unknown[]): Promise<Row[]>;
  /** A script of any number of statements; nothing comes back. */
  execute(script: string): Promise<void>;
}

/** The Postgres that the local platform runs on, in this process (PGlite) or elsewhere. */
export interface LocalDatabase extends Session {
  readonly kind: "pglite" | "postgres";
  /** What the REST and auth server talks through. */
  readonly connection: Connection;
  /** Runs `work` in one transaction; it is rolled back when `work` throws. */
  transaction<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /**
   * Runs `work` while no other caller uses the database's only session (PGlite), or immediately (Postgres).
   * `work` must go through `connection`; `query`, `execute` and `transaction` queue up themselves.
   */
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
