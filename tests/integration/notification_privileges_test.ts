import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { pendingMeeting } from "../support/meetings.ts";
import { addTarget, notify, operatorsTarget, SIGNING_SECRET } from "../support/notifications.ts";
import { callFunction, type Organizer, promise } from "../support/stack.ts";
import { startReceiver } from "../unit/notifications/receiver.ts";

promise("notification privileges", {
  "a user sees, changes and deletes only their own targets": async (stack) => {
    await using receiver = startReceiver();
    const [owner, stranger] = [await stack.organizer(), await stack.organizer()];
    const target_id = await addTarget(owner, receiver, "webhook");
    const targets = (organizer: Organizer) => organizer.client.from("notification_targets");
    assert.equal((await targets(owner).select("*")).data?.length, 1);
    assert.deepEqual((await targets(stranger).select("*")).data, []);
    await targets(stranger).update({ enabled: false } as never).eq("target_id", target_id);
    await targets(stranger).delete().eq("target_id", target_id);
    const [kept] = await stack.platform.sql(
      "select enabled from public.notification_targets where target_id = $1",
      [target_id],
    );
    assert.equal(kept?.enabled, true);
  },

  "a signing secret is written and never read back": async (stack) => {
    await using receiver = startReceiver();
    const owner = await stack.organizer();
    const target_id = await addTarget(owner, receiver, "webhook");
    const { data } = await owner.client.from("notification_targets").select("*");
    assert.ok(!JSON.stringify(data).includes("whsec_"));
    const [stored] = await stack.platform.sql(
      "select signing_secret from private.notification_secrets where target_id = $1",
      [target_id],
    );
    assert.equal(stored?.signing_secret, SIGNING_SECRET);
    const other = `whsec_${randomBytes(24).toString("base64")}`;
    await owner.client.from("notification_targets").update({ signing_secret: other } as never)
      .eq("target_id", target_id);
    const [changed] = await stack.platform.sql(
      "select signing_secret from private.notification_secrets where target_id = $1",
      [target_id],
    );
    assert.equal(changed?.signing_secret, other);
    await owner.client.from("notification_targets").delete().eq("target_id", target_id);
    assert.deepEqual(
      await stack.platform.sql("select from private.notification_secrets where target_id = $1", [
        target_id,
      ]),
      [],
    );
  },

  "what a target may not be is refused": async (stack) => {
    const owner = await stack.organizer();
    const stranger = await stack.organizer();
    const add = async (columns: Record<string, unknown>) =>
      (await owner.client.from("notification_targets").insert(columns as never)).error?.code;
    const address = "https://target.example/";
    assert.equal(await add({ kind: "webhook", address }), "22023");
    assert.equal(await add({ kind: "webhook", address, signing_secret: "whsec_short" }), "22023");
    assert.equal(await add({ kind: "slack", address, signing_secret: SIGNING_SECRET }), "22023");
    // The local REST server has no code for a check constraint.
    assert.ok(await add({ kind: "slack", address: "ftp://target.example" }));
    assert.ok(await add({ kind: "slack" }));
    assert.ok(await add({ kind: "slack", address, events: ["born"] }));
    assert.equal(await add({ kind: "slack", address, owner_user_id: null }), "42501");
    assert.equal(await add({ kind: "slack", address, owner_user_id: stranger.user_id }), "42501");
    assert.equal(await add({ kind: "email", address: "victim@elsewhere.example" }), "42501");
    const target_id = crypto.randomUUID();
    assert.equal(await add({ kind: "slack", address, target_id }), "42501", "nor choose its id");
    assert.equal(await add({ kind: "email" }), undefined);
    const { error } = await owner.client.from("notification_targets")
      .update({ address: "victim@elsewhere.example" } as never).eq("kind", "email");
    assert.equal(error?.code, "42501");
  },

  "a user reads what his own targets were sent, operators' targets stay theirs": async (stack) => {
    await using receiver = startReceiver();
    await using _target = await operatorsTarget(stack, receiver);
    const { organizer, meeting_id } = await pendingMeeting(stack);
    await addTarget(organizer, receiver, "webhook");
    await organizer.call("write-back", { body: { meeting_id } });
    await notify(stack);
    assert.deepEqual(receiver.received.map(({ path }) => path).toSorted(), [
      "/operators",
      "/webhook",
    ]);
    const { data } = await organizer.client.from("notifications").select("kind, meeting_id");
    assert.deepEqual(data, [{ kind: "webhook", meeting_id }]);
    const stranger = await stack.organizer();
    assert.deepEqual((await stranger.client.from("notifications").select("*")).data, []);
  },

  "users cannot write the outbox, and only a key calls notify": async (stack) => {
    const { organizer } = await pendingMeeting(stack);
    for (
      const { error } of [
        await organizer.client.from("notifications").insert({ event: "created" } as never),
        await organizer.client.from("notifications").update({ status: "sent" } as never).neq(
          "kind",
          "",
        ),
        await organizer.client.from("notifications").delete().neq("kind", ""),
        await organizer.client.rpc("claim_notifications" as never),
      ]
    ) assert.equal(error?.code, "42501");
    assert.equal((await organizer.call("notify", { body: { batch: true } })).status, 401);
    const anonymous = await callFunction(stack.platform, "notify", { body: { batch: true } });
    assert.equal(anonymous.status, 401);
    const wrong = await callFunction(stack.platform, "notify", {
      apikey: stack.platform.secret_key,
      body: { batch: true, every: 1 },
    });
    assert.equal(wrong.status, 422);
  },

  "anon is answered 42501 over REST": async (stack) => {
    for (
      const path of ["notifications", "notification_targets", "rpc/claim_notifications"]
    ) {
      const response = await fetch(`${stack.platform.api_url}/rest/v1/${path}`, {
        method: path.startsWith("rpc/") ? "POST" : "GET",
        headers: { apikey: stack.platform.publishable_key, "content-type": "application/json" },
        ...(path.startsWith("rpc/") ? { body: '{"p_limit":1,"p_lease_seconds":1}' } : {}),
      });
      assert.equal((await response.json()).code, "42501", path);
    }
  },
});
