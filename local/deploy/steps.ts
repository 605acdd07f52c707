import { join } from "node:path";
import { PROJECT_ROOT } from "../tasks/supabase_cli.ts";
import { printLine } from "../output.ts";
import type { DeployOptions } from "./deploy_options.ts";
import { functionsToUpload, withUploadFolder } from "./functions_to_upload.ts";
import { localMigrations } from "./preflight.ts";
import { deployedMark, type ProjectState, readFunctions } from "./project_state.ts";
import {
  changedSecrets,
  digestOf,
  generateTokenKeys,
  type Secrets,
  TOKEN_KEYS,
} from "./secrets.ts";
import type { SupabaseProject } from "./supabase_project.ts";

/** Holds the mark of the deployed functions; Supabase keeps nothing else that could. */
const DEPLOYED = "CONVENE_DEPLOYED";

export interface Deployment {
  readonly project: SupabaseProject;
  readonly state: ProjectState;
  readonly given: Secrets;
  readonly options: DeployOptions;
}

/** Each does what is missing, prints it, and returns whether it changed something. */
export async function deployAll(deployment: Deployment): Promise<boolean> {
  const changes = [
    await linkProject(deployment),
    await pushMigrations(deployment),
    await setSecrets(deployment),
    await deployFunctions(deployment),
    await storeVaultEntries(deployment),
  ];
  return changes.includes(true);
}

async function linkProject({ project }: Deployment): Promise<boolean> {
  const linked = await Deno.readTextFile(join(PROJECT_ROOT, "supabase/.temp/project-ref"))
    .catch((error) => {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    });
  if (linked.trim() === project.ref) return unchanged("Link: this folder is linked to the project");
  printLine("Link");
  await project.change(["link", "--project-ref", project.ref]);
  return true;
}

async function pushMigrations({ project, state }: Deployment): Promise<boolean> {
  const applied = new Set(state.database.versions);
  const pending = [...(await localMigrations()).keys()].filter((version) => !applied.has(version));
  if (pending.length === 0) return unchanged(`Migrations: all ${applied.size} are applied`);
  printLine(`Migrations: ${pending.length} to apply`);
  await project.change(["db", "push", "--remote"]);
  return true;
}

async function setSecrets({ project, state, given, options }: Deployment): Promise<boolean> {
  const wanted = { ...given };
  if (!state.secrets.has(TOKEN_KEYS) && wanted[TOKEN_KEYS] === undefined) {
    wanted[TOKEN_KEYS] = await keepTokenKeys(options);
  }
  const changed = await changedSecrets(wanted, state.secrets);
  const names = Object.keys(changed);
  if (names.length === 0) return unchanged("Secrets: all are set");
  printLine(`Secrets: ${names.join(", ")}`);
  await setFromFile(project, changed);
  return true;
}

/** Generates the keys and keeps them, before anything is encrypted with them: Supabase never shows them again. */
async function keepTokenKeys({ env_file, dry_run }: DeployOptions): Promise<string> {
  const keys = generateTokenKeys();
  if (!dry_run) {
    const before = await Deno.readTextFile(env_file).catch((error) => {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    });
    const gap = before === "" || before.endsWith("\n") ? "" : "\n";
    await Deno.writeTextFile(env_file, `${before}${gap}${TOKEN_KEYS}=${keys}\n`, { mode: 0o600 });
  }
  printLine(`${TOKEN_KEYS} is generated and kept in ${env_file}: keep a copy in a safe place`);
  return keys;
}

/** Through a file of this user, so that no value is in the arguments of a process. */
async function setFromFile(project: SupabaseProject, secrets: Secrets): Promise<void> {
  const file = await Deno.makeTempFile({ prefix: "convene-", suffix: ".env" });
  try {
    const lines = Object.entries(secrets).map(([name, value]) => `${name}='${value}'\n`);
    await Deno.writeTextFile(file, lines.join(""));
    await project.change(["secrets", "set", `--remote=${project.ref}`, "--env-file", file]);
  } finally {
    await Deno.remove(file);
  }
}

async function deployFunctions({ project, state, options }: Deployment): Promise<boolean> {
  const upload = await functionsToUpload();
  const mark = deployedMark(upload, state.functions);
  if (mark !== null && state.secrets.get(DEPLOYED) === await digestOf(mark)) {
    return unchanged(`Functions: all ${upload.names.length} are deployed from these sources`);
  }
  printLine(`Functions: ${upload.names.join(", ")}`);
  const command = [
    "functions",
    "deploy",
    ...upload.names,
    "--use-api",
    `--remote=${project.ref}`,
  ];
  if (options.dry_run) {
    await project.change(command);
    return true;
  }
  await withUploadFolder((root) => project.change(command, { root }));
  const deployed = deployedMark(upload, await readFunctions(project));
  if (deployed !== null) await setFromFile(project, { [DEPLOYED]: deployed });
  return true;
}

async function storeVaultEntries({ project, state, options }: Deployment): Promise<boolean> {
  const entries = {
    convene_functions_url: `${options.api_url}/functions/v1`,
    convene_automations_key: state.automations_key ?? "",
  };
  const changed: [string, string][] = [];
  for (const [name, value] of Object.entries(entries)) {
    if (state.database.vault[name] !== await digestOf(value)) changed.push([name, value]);
  }
  if (changed.length === 0) return unchanged("Vault: both entries are stored");
  const names = changed.map(([name]) => name).join(", ");
  printLine(`Vault: ${names}`);
  const statements = changed.map(([name, value]) =>
    `select case when s.id is null then vault.create_secret(${quoted(value)}, ${quoted(name)})::text
       else vault.update_secret(s.id, ${quoted(value)})::text end
     from (select (select id from vault.secrets where name = ${quoted(name)}) as id) as s;`
  );
  await project.execute(statements.join("\n"), `store ${names} in Vault`);
  return true;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function unchanged(sentence: string): false {
  printLine(sentence);
  return false;
}
