import type { DatabaseChoice } from "../../local/database/open_database.ts";

/** Names the file with the new cluster that the test task made once for all test files. */
export const CLUSTER_VARIABLE = "CONVENE_TEST_PGLITE_CLUSTER";

let cluster: Blob | undefined;

/** PGlite in memory: a copy of the test task's cluster, or a cluster of its own without the task. */
export async function pgliteInMemory(): Promise<DatabaseChoice> {
  const path = Deno.env.get(CLUSTER_VARIABLE) ?? "";
  if (path === "") return { kind: "memory" };
  cluster ??= new Blob([await Deno.readFile(path)], { type: "application/x-tar" });
  return { kind: "memory", cluster };
}
