import type { LocalDatabase } from "./local_database.ts";
import { openPgliteDatabase } from "./pglite_database.ts";
import { openPostgresDatabase } from "./postgres_database.ts";

/** Which Postgres to run on: in memory, kept in a directory, or a server somewhere. */
export type DatabaseChoice =
  | { kind: "memory" }
  | { kind: "directory"; path: string }
  | { kind: "url"; url: string };

export function openDatabase(choice: DatabaseChoice): Promise<LocalDatabase> {
  switch (choice.kind) {
    case "memory":
      return openPgliteDatabase();
    case "directory":
      return openPgliteDatabase(choice.path);
    case "url":
      return openPostgresDatabase(choice.url);
  }
}
