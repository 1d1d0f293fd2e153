// Headless Chromium with page.mjs, served on loopback together with the files that the client fetches.
import { build } from "esbuild";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const PAGE = fileURLToPath(new URL("page.mjs", import.meta.url));
const PACKAGES = new URL("node_modules/", import.meta.url);
// Without the last four it looks for servers of its maker.
const SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const TYPES = { wasm: "application/wasm", js: "text/javascript", cjs: "text/javascript" };

/** Why there is no browser; undefined: there is one. */
export const missingBrowser = existsSync(CHROMIUM) ? undefined : `no ${CHROMIUM} (tools/setup tests installs it; CHROMIUM names another one)`;

async function bundledPage() {
  const { outputFiles } = await build({
    entryPoints: [PAGE], bundle: true, write: false, format: "esm", target: "es2022", platform: "browser", define: { global: "globalThis" }, logLevel: "error",
  });
  return outputFiles[0].contents;
}

async function servePage() {
  const script = await bundledPage();
  const server = createServer(async (request, response) => {
    const respond = (status, type, body) => response.writeHead(status, { "Content-Type": type }).end(body);
    if (request.url === "/") return respond(200, "text/html", '<!doctype html><title>interop</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>');
    if (request.url === "/page.js") return respond(200, TYPES.js, script);
    // As a content delivery network names it: /@scope/name@version/path
    const path = request.url.match(/^\/(@[\w-]+\/[\w-]+)@[\w.-]+\/([\w./-]+)$/);
    if (!path || path[2].includes("..")) return respond(404, "text/plain", "");
    readFile(new URL(`${path[1]}/${path[2]}`, PACKAGES)).then(
      (body) => respond(200, TYPES[path[2].split(".").pop()] ?? "text/plain", body),
      () => respond(404, "text/plain", ""),
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => { server.closeAllConnections(); server.close(); } };
}

/** -> {page (of playwright), troubles (what the page complained about), stop()} */
export async function openPage() {
  const server = await servePage();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: SWITCHES });
  const page = await browser.newPage();
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  await page.goto(server.url);
  await page.waitForFunction(() => window.interop !== undefined).catch((error) => { throw new Error(`${error.message}\n${troubles.join("\n")}`); });
  return { page, troubles, stop: async () => { await browser.close(); server.close(); } };
}
