export interface DataDirectory {
  /** Where PGlite keeps its files. */
  readonly database_path: string;
  readonly keys_file: string;
  /** Lets another platform use the directory. */
  release(): void;
}

const LOCK = "lock";

/**
 * Creates `path` if needed and claims it: two Postgres servers on one set of files would destroy
 * them. The claim is a lock on a file, which the system lifts when the process dies. Throws a
 * sentence for people when it is no folder, has other files, or is claimed.
 */
export async function claimDataDirectory(path: string): Promise<DataDirectory> {
  await createOrRecognize(path);
  const lock = await Deno.open(`${path}/${LOCK}`, { create: true, write: true });
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

/** A folder of something else, such as that of a project, is left as it is. */
async function createOrRecognize(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const is_file = error instanceof Deno.errors.AlreadyExists ||
      error instanceof Deno.errors.NotADirectory;
    throw is_file ? new Error(`--data is not a folder: ${path}`) : error;
  }
  const names = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name)
    .filter((name) => !name.startsWith("."));
  if (names.length > 0 && !names.includes(LOCK)) {
    throw new Error(
      `--data ${path} has files that are not Convene's, such as ${
        names[0]
      }: name a new or an empty folder`,
    );
  }
}
