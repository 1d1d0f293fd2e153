// What runs in the browser: bundled with the published client, driven by browser.test.mjs through window.interop.
import "./polyfill.mjs";
import { createClient, v5_callFunction, v5_registerService } from "@fluencelabs/js-client";
import { greeter } from "./greeter.mjs";

let client;
let program;
const asked = [];

window.interop = {
  async connect(relay, compiled) {
    program = compiled;
    // The client fetches its WebAssembly from there.
    client = await createClient(relay, { CDNUrl: location.origin, defaultTtlMs: 20_000 });
    v5_registerService([client, greeter("the page")], program.services.Greeter);
    return client.getPeerId();
  },
  call(name, args) {
    const { script, definition } = program.functions[name];
    return v5_callFunction([client, ...args], definition, script).catch((error) => {
      throw new Error(error.message ?? JSON.stringify(error));
    });
  },
  withCallbacks: (items) => window.interop.call("with_callbacks", [items, (item) => { asked.push(item); return `${item}!`; }, () => {}]),
  asked: () => asked,
  disconnect: () => client.disconnect(),
};
