import { readOptions } from "../command_line.ts";

export interface DeployOptions {
  help: boolean;
  dry_run: boolean;
  /** Verify what is deployed, and change nothing. */
  verify_only: boolean;
  project_ref: string;
  /** Public address of the project's API, without a slash at the end. */
  api_url: string;
  /** Whether it is not the address that Supabase tells the functions. */
  has_own_domain: boolean;
  env_file: string;
  /** The user for whom a meeting is written and cancelled; null: none. */
  smoke_user_id: string | null;
}

export const DEPLOY_HELP =
  `Deploys Convene to a Supabase project and verifies that it works. Safe to repeat: what is deployed already stays.

Usage: deno task deploy --project REF [options]

  --project REF    reference of the project, as in https://supabase.com/dashboard/project/REF
  --env-file FILE  the secrets, one NAME=value a line (default: supabase/.env.REF); variables of the
                   environment win. CONVENE_TOKEN_KEYS is generated once and kept there
  --api-url URL    public address of the project's API, behind a custom domain (default: SUPABASE_URL, else
                   https://REF.supabase.co)
  --smoke USER_ID  also write a meeting to the calendar of this connected user, and cancel it; it has no guests
  --verify-only    deploy nothing, only verify: calls every function and runs the command of every job once
  --dry-run        print the commands that would change something, and run none of them; verify nothing
  --help           this text

Log in first: supabase login, or set SUPABASE_ACCESS_TOKEN. How to get the secrets: docs/deploy.md

Exit code: 0 everything works, 1 deployed but something does not work, 2 refused or failed.`;

/** Reads the command line and SUPABASE_URL. Throws a sentence naming what is wrong. */
export function parseDeployOptions(
  args: string[],
  environment: Readonly<Record<string, string>>,
): DeployOptions {
  const values = readOptions(args, {
    project: { type: "string" },
    "env-file": { type: "string" },
    "api-url": { type: "string" },
    smoke: { type: "string" },
    "verify-only": { type: "boolean", default: false },
    "dry-run": { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  });
  const ref = values.project ?? "";
  if (!values.help && !/^[a-z]{20}$/.test(ref)) {
    throw new Error(
      ref === ""
        ? "Which project? Give --project REF, the 20 letters in the address of its dashboard"
        : `--project is not the reference of a project (20 lowercase letters): ${ref}`,
    );
  }
  const own_url = `https://${ref}.supabase.co`;
  const api_url = (values["api-url"] || environment.SUPABASE_URL || own_url).replace(/\/+$/, "");
  if (!URL.canParse(api_url)) throw new Error(`--api-url or SUPABASE_URL is no URL: ${api_url}`);
  if (api_url !== own_url && /\.supabase\.co$/.test(new URL(api_url).hostname)) {
    throw new Error(`--api-url or SUPABASE_URL is the address of another project: ${api_url}`);
  }
  const { smoke } = values;
  if (smoke !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(smoke)) {
    throw new Error(`--smoke is not the id of a user (a UUID): ${smoke}`);
  }
  return {
    help: values.help,
    dry_run: values["dry-run"],
    verify_only: values["verify-only"],
    project_ref: ref,
    api_url,
    has_own_domain: api_url !== own_url,
    env_file: values["env-file"] ?? `supabase/.env.${ref}`,
    smoke_user_id: smoke ?? null,
  };
}
