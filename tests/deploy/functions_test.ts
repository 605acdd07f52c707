import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { PROJECT_ROOT, supabaseCliOrThrow } from "../../local/tasks/supabase_cli.ts";
import { checkDeployed, serveDeployed } from "./deployed_function.ts";
import { startManagementApi } from "./management_api.ts";
import { FUNCTION_ENVIRONMENT } from "../support/function_environment.ts";

/** A request without credentials that each function would process with credentials. */
const REQUESTS = {
  "google-auth": { method: "GET", path: "" },
  "google-webhook": { method: "POST", path: "/sync" },
  "holidays": { method: "POST", path: "" },
  "mcp": { method: "POST", path: "" },
  "meetings": { method: "PATCH", path: "" },
  "operations": { method: "POST", path: "/requeue" },
  "notify": { method: "POST", path: "" },
  "schedule": { method: "POST", path: "" },
  "status": { method: "GET", path: "" },
  "sync-organizer": { method: "POST", path: "" },
  "task-events": { method: "GET", path: "/events" },
  "write-back": { method: "POST", path: "" },
};

Deno.test("every function in supabase/functions has its test request and its section in config.toml", async () => {
  const names = Object.keys(REQUESTS).sort();
  const folders: string[] = [];
  for await (const entry of Deno.readDir(`${PROJECT_ROOT}/supabase/functions`)) {
    folders.push(entry.name);
  }
  assert.deepEqual(folders.sort(), names);
  const config = await Deno.readTextFile(`${PROJECT_ROOT}/supabase/config.toml`);
  const sections = [...config.matchAll(/^\[functions\.([a-z-]+)\]$/gm)].map((match) => match[1]);
  assert.deepEqual(sections.sort(), names);
});

for (const [name, { method, path }] of Object.entries(REQUESTS)) {
  Deno.test(`supabase functions deploy ${name} uploads a function that type-checks and answers alone`, async () => {
    await using api = await startManagementApi();
    await supabaseCliOrThrow(
      ["functions", "deploy", name, "--use-api", `--remote=${api.project_ref}`],
      { env: api.environment },
    );
    const deployment = api.deployments.get(name);
    assert.ok(deployment, "nothing was deployed");
    assert.equal(deployment.verify_jwt, false);

    const uploaded = new Set(deployment.files);
    const missing = (await filesOf(deployment.entrypoint_path)).filter((path) =>
      !uploaded.has(path)
    );
    assert.deepEqual(missing, [], "these files are imported and were not uploaded");
    const foreign = deployment.files.filter((path) =>
      path !== "deno.json" && !/^(shared|supabase\/functions)\//.test(path)
    );
    assert.deepEqual(foreign, [], "these files belong to no function");
    assert.equal(await checkDeployed(deployment), "");

    await using served = await serveDeployed(deployment, FUNCTION_ENVIRONMENT);
    const response = await fetch(`${served.url}/${name}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(method === "POST" ? { body: "{}" } : {}),
    });
    assert.equal(response.status, 401);
    const body: unknown = await response.json();
    assert.ok(typeof body === "object" && body !== null);
    assert.equal(Reflect.get(body, "error"), "unauthenticated");
    assert.equal(Reflect.get(body, "status"), 401);
    assert.equal(typeof Reflect.get(body, "message"), "string");
    if (name === "status") await assertContract(served.url);
  });
}

/** The contract is a file of its own, which the function imports when it is asked for it. */
async function assertContract(url: string): Promise<void> {
  const response = await fetch(`${url}/status/openapi.json`);
  assert.equal(response.status, 200);
  const committed = await Deno.readTextFile(`${PROJECT_ROOT}/docs/openapi.json`);
  assert.deepEqual(await response.json(), JSON.parse(committed));
}

/** The project's files that an entry point needs, by Deno's own account of its imports. */
async function filesOf(entrypoint: string): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entrypoint],
    cwd: PROJECT_ROOT,
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const info: { modules: { specifier: string }[] } = JSON.parse(new TextDecoder().decode(stdout));
  return info.modules.map((module) => module.specifier)
    .filter((specifier) => specifier.startsWith("file:") && !specifier.includes("/node_modules/"))
    .map((specifier) => relative(PROJECT_ROOT, fileURLToPath(specifier)));
}
