import type { LocalDatabase } from "./local_database.ts";
import { openPgliteDatabase } from "./pglite_database.ts";
import { openPostgresDatabase } from "./postgres_database.ts";

/** Which Postgres to run on: in memory (from a copy of `cluster` where there is one), kept in a directory, or a server somewhere. */
export type DatabaseChoice =
  | { kind: "memory"; cluster?: Blob }
  | { kind: "directory"; path: string }
  | { kind: "url"; url: string };

export function openDatabase(choice: DatabaseChoice): Promise<LocalDatabase> {
  switch (choice.kind) {
    case "memory":
      return openPgliteDatabase(choice.cluster === undefined ? {} : { cluster: choice.cluster });
    case "directory":
      return openPgliteDatabase({ directory: choice.path });
    case "url":
      return openPostgresDatabase(choice.url);
  }
}
