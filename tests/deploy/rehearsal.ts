import assert from "node:assert/strict";
import { type Checkout, checkOut } from "./checkout.ts";
import { type HostedStandIn, startHostedStandIn } from "./hosted_stand_in.ts";

/** A hosted project and a fresh copy of this repository, from which it is deployed to. */
export interface Rehearsal {
  project: HostedStandIn;
  checkout: Checkout;
  /** `deno task deploy` as printed, with more options. */
  deploy(options?: string, env?: Record<string, string>): Promise<{ code: number; output: string }>;
  /** What the first deployment said; it is made when first asked for. */
  deployed(): Promise<{ code: number; output: string }>;
  /** The file of secrets is complete, and the key named automations exists. */
  prepare(): Promise<void>;
  /** Writes the file of secrets. */
  give(secrets: Record<string, string>): Promise<void>;
  given: Record<string, string>;
}

export async function rehearse(resources: AsyncDisposableStack): Promise<Rehearsal> {
  const project = resources.use(await startHostedStandIn());
  const checkout = resources.use(await checkOut());
  const give = (secrets: Record<string, string>) =>
    checkout.write(
      `supabase/.env.${project.ref}`,
      Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`).join(""),
    );
  const given = { ...project.google_secrets, CONVENE_APP_URLS: "https://app.example/connected" };
  const prepare = async () => {
    await give(given);
    project.keys.set("automations", "sb_secret_of_automations");
  };
  let deployed: Promise<{ code: number; output: string }> | undefined;
  const rehearsal: Rehearsal = {
    project,
    checkout,
    give,
    given,
    prepare,
    deployed: () => deployed ??= prepare().then(() => rehearsal.deploy()),
    deploy: (options = "", env = {}) =>
      checkout.run(
        `npx -y deno@2.9.6 task deploy --project ${project.ref} ${options}`,
        { ...project.environment, SUPABASE_URL: project.api_url, ...env },
      ),
  };
  return rehearsal;
}

export function assertSays(output: string, ...sentences: string[]): void {
  for (const sentence of sentences) {
    assert.ok(output.includes(sentence), `"${sentence}" is not in:\n${output}`);
  }
}
