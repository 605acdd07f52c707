import assert from "node:assert/strict";
import { onBothDatabases, rest, startFixture } from "./fixture_platform.ts";

onBothDatabases(
  "vault.create_secret() and vault.update_secret() are read back through vault.decrypted_secrets",
  async (database) => {
    await using platform = await startFixture({ database });
    const [created] = await platform.sql<{ id: string }>(
      "select vault.create_secret('s3cret', 'a_name', 'what it is for') as id",
    );
    await platform.sql("select vault.update_secret($1, new_secret := 'newer')", [created?.id]);
    assert.deepEqual(
      await platform.sql(
        "select id, name, description, decrypted_secret from vault.decrypted_secrets where name = 'a_name'",
      ),
      [{
        id: created?.id,
        name: "a_name",
        description: "what it is for",
        decrypted_secret: "newer",
      }],
    );
    await assert.rejects(platform.sql("select vault.create_secret('again', 'a_name')"), /unique/);
  },
);

onBothDatabases(
  "startPlatform() stores the address of the functions and the key in the database",
  async (database) => {
    for (let run = 0; run < 2; run++) {
      await using platform = await startFixture({ database });
      assert.deepEqual(
        await platform.sql(
          "select name, decrypted_secret from vault.decrypted_secrets order by name",
        ),
        [
          { name: "convene_automations_key", decrypted_secret: platform.automations_key },
          { name: "convene_functions_url", decrypted_secret: platform.functions_url },
        ],
      );
    }
  },
);

Deno.test("vault is closed to anon and authenticated, and open to service_role in SQL only", async () => {
  await using platform = await startFixture();
  const access = (role: string) =>
    platform.sql(
      `select has_schema_privilege($1, 'vault', 'usage') as schema,
         has_table_privilege($1, 'vault.decrypted_secrets', 'select') as read,
         has_function_privilege($1, 'vault.create_secret(text, text, text, uuid)', 'execute') as create`,
      [role],
    );
  for (const role of ["anon", "authenticated"]) {
    assert.deepEqual(await access(role), [{ schema: false, read: false, create: false }], role);
  }
  assert.deepEqual(await access("service_role"), [{ schema: true, read: true, create: true }]);

  const request = rest(platform, platform.secret_key);
  assert.equal((await request("decrypted_secrets")).status, 404);
});
