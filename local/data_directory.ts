export interface DataDirectory {
  /** Where PGlite keeps its files. */
  readonly database_path: string;
  readonly keys_file: string;
  /** Lets another platform use the directory. */
  release(): void;
}

/**
 * Creates `path` if needed and claims it: two Postgres servers on one set of files would destroy
 * them. The claim is a lock on a file, which the system lifts when the process dies.
 */
export async function claimDataDirectory(path: string): Promise<DataDirectory> {
  await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  const lock = await Deno.open(`${path}/lock`, { create: true, write: true });
  if (!await lock.tryLock(true)) {
    lock.close();
    throw new Error(`${path} is in use by another Convene: stop that one, or use another --data`);
  }
  return {
    database_path: `${path}/postgres`,
    keys_file: `${path}/keys.json`,
    release: () => lock.close(),
  };
}
