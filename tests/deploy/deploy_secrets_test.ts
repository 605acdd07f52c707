import assert from "node:assert/strict";
import { parseDeployOptions } from "../../local/deploy/deploy_options.ts";
import { deployedMark } from "../../local/deploy/project_state.ts";
import {
  changedSecrets,
  digestOf,
  generateTokenKeys,
  givenSecrets,
  secretProblems,
} from "../../local/deploy/secrets.ts";

const HOSTED = { api_url: "https://conveneconveneconven.supabase.co", has_own_domain: false };
const FILE = "supabase/.env.conveneconveneconven";
const CLIENT = {
  GOOGLE_CLIENT_ID: "client.example",
  GOOGLE_CLIENT_SECRET: "secret",
  CONVENE_APP_URLS: "https://app.example/",
};

Deno.test("secrets come from the file, the environment wins, and what is no secret of Convene is left out", () => {
  assert.deepEqual(
    givenSecrets(
      `# a comment\nGOOGLE_CLIENT_ID=of the file\nexport GOOGLE_CLIENT_SECRET="quoted"\nOTHER=1\nCONVENE_APP_URLS=\n`,
      { GOOGLE_CLIENT_ID: "of the environment", PATH: "/bin" },
      HOSTED,
    ),
    {
      GOOGLE_CLIENT_ID: "of the environment",
      GOOGLE_CLIENT_SECRET: "quoted",
      GOOGLE_WEBHOOK_URL: `${HOSTED.api_url}/functions/v1/google-webhook`,
    },
  );
});

Deno.test("behind a custom domain the redirect URI is a secret, and without https there is no push", () => {
  assert.deepEqual(
    givenSecrets("", {}, { api_url: "https://api.example", has_own_domain: true }),
    {
      GOOGLE_WEBHOOK_URL: "https://api.example/functions/v1/google-webhook",
      GOOGLE_REDIRECT_URL: "https://api.example/functions/v1/google-auth/callback",
    },
  );
  assert.deepEqual(
    givenSecrets("", {}, { api_url: "http://127.0.0.1:1", has_own_domain: false }),
    {},
  );
});

Deno.test("token keys are needed again where connections are encrypted with them, and only there", async () => {
  const [problem, ...more] = await secretProblems(CLIENT, new Map(), FILE, true);
  assert.match(
    problem ?? "",
    /^CONVENE_TOKEN_KEYS is missing, and the database has Google connections/,
  );
  assert.deepEqual(more, []);
  assert.deepEqual(await secretProblems(CLIENT, new Map(), FILE, false), []);
  assert.deepEqual(
    await secretProblems(
      { ...CLIENT, CONVENE_TOKEN_KEYS: generateTokenKeys() },
      new Map(),
      FILE,
      true,
    ),
    [],
  );
});

Deno.test("stored secrets need not be given again, but a client is given whole or not at all", async () => {
  const stored = new Map(Object.keys(CLIENT).map((name) => [name, "digest"]));
  assert.deepEqual(await secretProblems({}, stored, FILE, false), []);
  const [problem] = await secretProblems({ GOOGLE_CLIENT_SECRET: "new" }, stored, FILE, false);
  assert.match(problem ?? "", /^GOOGLE_CLIENT_SECRET is given without the other half/);
});

Deno.test("a secret is set only where its digest differs", async () => {
  const stored = new Map([["GOOGLE_CLIENT_ID", await digestOf("client.example")], ["OTHER", "x"]]);
  assert.deepEqual(Object.keys(await changedSecrets(CLIENT, stored)), [
    "GOOGLE_CLIENT_SECRET",
    "CONVENE_APP_URLS",
  ]);
});

Deno.test("functions count as deployed only with a checksum of each", () => {
  const upload = { root: "", names: ["notify", "status"], fingerprint: "f" };
  assert.equal(deployedMark(upload, new Map([["notify", "a"], ["status", "b"]])), "f a b");
  assert.equal(deployedMark(upload, new Map([["notify", "a"], ["status", ""]])), null);
  assert.equal(deployedMark(upload, new Map([["notify", "a"]])), null);
});

Deno.test("the address of another project is refused", () => {
  const args = ["--project", "conveneconveneconven"];
  assert.equal(parseDeployOptions(args, {}).api_url, HOSTED.api_url);
  assert.equal(
    parseDeployOptions(args, { SUPABASE_URL: `${HOSTED.api_url}/` }).has_own_domain,
    false,
  );
  assert.throws(
    () => parseDeployOptions(args, { SUPABASE_URL: "https://abcdefghijabcdefghij.supabase.co" }),
    /is the address of another project/,
  );
  assert.throws(() => parseDeployOptions(["--project", "Convene"], {}), /20 lowercase letters/);
  assert.throws(() => parseDeployOptions([], {}), /Which project\?/);
});
