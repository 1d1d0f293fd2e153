// A service in JavaScript: a line of JSON-RPC in, a line out. See docs/services.md.
import { createInterface } from "node:readline";

const functions = { hello: (name) => `Hello, ${name}, says JavaScript` };

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue; // a call that nobody waits for any more
  const reply = { jsonrpc: "2.0", id };
  try {
    if (!functions[method]) throw new Error(`no function ${method}`);
    reply.result = await functions[method](...params);
  } catch (error) {
    reply.error = { code: 1, message: error.message };
  }
  console.log(JSON.stringify(reply));
}
