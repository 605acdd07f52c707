import assert from "node:assert/strict";
import { returnUrls } from "@shared/connections/return_urls.ts";

const LIST = "https://app.example/done, http://127.0.0.1:3000/app ,myapp://connected/google";

Deno.test("choose() takes the first listed address when none is requested", () => {
  assert.equal(returnUrls(LIST).choose(), "https://app.example/done");
  assert.equal(returnUrls(LIST).fallback, "https://app.example/done");
});

Deno.test("choose() accepts listed addresses with any query", () => {
  const urls = returnUrls(LIST);
  for (
    const listed of [
      "https://app.example/done",
      "https://app.example/done?tab=calendar",
      "https://app.example:443/done",
      "HTTPS://APP.example/done",
      "http://127.0.0.1:3000/app",
      "myapp://connected/google",
    ]
  ) {
    assert.equal(urls.choose(listed), listed);
  }
});

Deno.test("choose() refuses everything that is not listed", () => {
  const urls = returnUrls(LIST);
  for (
    const stranger of [
      "",
      "/done",
      "//app.example/done",
      "http://app.example/done",
      "https://app.example",
      "https://app.example/",
      "https://app.example/done/",
      "https://app.example/done/more",
      "https://app.example/done/../other",
      "https://app.example:8443/done",
      "https://app.example.evil.example/done",
      "https://evil.example/done",
      "https://evil.example/?https://app.example/done",
      "https://app.example@evil.example/done",
      "https://user:pass@app.example/done",
      "https://app.example/done#fragment",
      "https://app.example\\@evil.example/done",
      "javascript:alert(1)",
      "data:text/html,x",
      "myapp://other/google",
    ]
  ) {
    assert.equal(urls.choose(stranger), null, stranger);
  }
});

Deno.test("returnUrls() refuses a list that is missing or holds no URL, by the variable's name", () => {
  for (const list of [undefined, "", " , ", "app.example", "https://app.example/a,nonsense"]) {
    assert.throws(() => returnUrls(list), /CONVENE_APP_URLS/);
  }
});
