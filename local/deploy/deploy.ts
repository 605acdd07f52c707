// The program behind `deno task deploy`.
import { printError, printLine } from "../output.ts";
import { checkLine } from "./check.ts";
import { DEPLOY_HELP, type DeployOptions, parseDeployOptions } from "./deploy_options.ts";
import { functionsToUpload } from "./functions_to_upload.ts";
import { preflightProblems } from "./preflight.ts";
import { readProject } from "./project_state.ts";
import { givenSecrets } from "./secrets.ts";
import { smokeMeeting } from "./smoke_meeting.ts";
import { deployAll } from "./steps.ts";
import { openProject, type SupabaseProject } from "./supabase_project.ts";
import { verifyGoogle } from "./verify_google.ts";
import { verifyProject } from "./verify.ts";

if (import.meta.main) {
  try {
    Deno.exitCode = await deploy(parseDeployOptions(Deno.args, Deno.env.toObject()));
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 2;
  }
}

async function deploy(options: DeployOptions): Promise<number> {
  if (options.help) {
    printLine(DEPLOY_HELP);
    return 0;
  }
  const file = await Deno.readTextFile(options.env_file).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  });
  const given = givenSecrets(file, Deno.env.toObject(), options);
  const project = await openProject(
    options.project_ref,
    options.dry_run && !options.verify_only,
  );

  printLine(`Reading project ${project.ref}`);
  const state = await readProject(project);
  if (!options.verify_only) {
    const problems = await preflightProblems(project, state, given, options);
    if (problems.length > 0) {
      throw new Error(
        `Nothing was changed, because something is missing:\n${
          problems.map((problem) => `- ${problem}`).join("\n")
        }`,
      );
    }
    const is_changed = await deployAll({ project, state, given, options });
    if (options.dry_run) {
      printLine("Nothing was changed (--dry-run).");
      return 0;
    }
    printLine(is_changed ? "Deployed." : "Nothing was changed: all of it is deployed already.");
  }
  return await verify(project, given, options);
}

async function verify(
  project: SupabaseProject,
  given: ReturnType<typeof givenSecrets>,
  options: DeployOptions,
): Promise<number> {
  printLine("Verifying: up to three minutes, until pg_cron has run for the first time");
  const checks = [
    ...await verifyGoogle(given, options),
    ...await verifyProject(project, (await functionsToUpload()).names),
    ...(options.smoke_user_id === null ? [] : [await smokeMeeting(project, options.smoke_user_id)]),
  ];
  for (const check of checks) printLine(checkLine(check));
  const failed = checks.filter(({ problem }) => problem !== null).length;
  printLine(failed === 0 ? "Everything works." : `${failed} of ${checks.length} checks failed.`);
  return failed === 0 ? 0 : 1;
}
