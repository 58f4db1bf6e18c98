// Logs in to an MCP server as Cursor 1.0.32 does, or lists its tools with the tokens it holds.
//
//   node cursor.mjs login NAME    prints the authorize URL and waits for the redirect
//   node cursor.mjs tools NAME    prints the names of the tools as a JSON array
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";

import {
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  UnauthorizedError,
} from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { z } from "zod";

const redirectURI = "http://localhost:8787/callback";
const patience = 80_000; // milliseconds until this process gives up

// One entry that breaks the schema makes the whole file count as empty. Unknown keys are dropped.
const stdioServer = z.object({
  command: z.string(),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const httpServer = z.object({
  url: z.string(),
  type: z.enum(["http", "sse"]).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  auth: z
    .object({
      CLIENT_ID: z.string(),
      CLIENT_SECRET: z.string().optional(),
      scopes: z.array(z.string()).optional(),
    })
    .optional(),
});
const configuration = z.object({ mcpServers: z.record(z.string(), z.union([httpServer, stdioServer])) });

function readServers(path) {
  if (!existsSync(path)) return {};
  const expanded = readFileSync(path, "utf8").replace(
    /\$\{(?:env:(\w+)|(\w+):-([^}]*))\}/g,
    (_, named, optional, fallback) => process.env[named ?? optional] ?? fallback ?? "",
  );
  try {
    return configuration.parse(JSON.parse(expanded)).mcpServers;
  } catch {
    return {}; // Cursor says nothing either
  }
}

function findServer(name) {
  const servers = {
    ...readServers(join(homedir(), ".cursor", "mcp.json")),
    ...readServers(join(process.cwd(), ".cursor", "mcp.json")),
  };
  if (!servers[name]?.url) throw new Error(`no server ${name} in mcp.json`);
  return servers[name];
}

// CursorProvider holds one server's client, tokens and login.
class CursorProvider {
  constructor(name, server, interactive) {
    this.server = server;
    this.interactive = interactive;
    this.file = join(homedir(), ".cursor", `tokens-${name}.json`);
    this.expectedState = randomBytes(16).toString("base64url");
  }
  get redirectUrl() {
    return redirectURI;
  }
  get clientMetadata() {
    return {
      client_name: "Cursor",
      redirect_uris: [redirectURI],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    };
  }
  state() {
    return this.expectedState;
  }
  clientInformation() {
    const { CLIENT_ID, CLIENT_SECRET } = this.server.auth ?? {};
    return CLIENT_ID && { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };
  }
  tokens() {
    return existsSync(this.file) ? JSON.parse(readFileSync(this.file, "utf8")) : undefined;
  }
  saveTokens(tokens) {
    mkdirSync(join(homedir(), ".cursor"), { recursive: true });
    writeFileSync(this.file, JSON.stringify(tokens), { mode: 0o600 });
  }
  saveCodeVerifier(verifier) {
    this.verifier = verifier;
  }
  codeVerifier() {
    return this.verifier;
  }
  async redirectToAuthorization(url) {
    if (!this.interactive) return;
    await askForScopes(url, this.server);
    console.log(`Open this URL to log in:\n${url.href}\n`);
  }
}

// askForScopes puts into the URL what Cursor asks for: offline_access is added when either
// document lists it, and prompt=consent goes with it. Scopes of the file then replace the scope,
// but not the prompt.
async function askForScopes(url, server) {
  const resource = await discoverOAuthProtectedResourceMetadata(server.url);
  const issuer = await discoverAuthorizationServerMetadata(resource.authorization_servers[0]);
  const scopes = url.searchParams.get("scope")?.split(" ") ?? [];
  const listed = [...(resource.scopes_supported ?? []), ...(issuer?.scopes_supported ?? [])];
  if (listed.includes("offline_access")) {
    if (!scopes.includes("offline_access")) scopes.push("offline_access");
    url.searchParams.set("prompt", "consent");
  }
  const wanted = server.auth?.scopes ?? scopes;
  if (wanted.length > 0) url.searchParams.set("scope", wanted.join(" "));
}

// awaitCode listens at the redirect URI until a browser brings the answer to that state.
function awaitCode(state) {
  let listener;
  const code = new Promise((resolve, reject) => {
    listener = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url, redirectURI);
      if (pathname !== "/callback") return response.writeHead(404).end();
      response.end("You may close this window.");
      if (searchParams.get("state") !== state) return reject(new Error("the redirect carries another state"));
      if (searchParams.has("error")) return reject(new Error(`${searchParams.get("error")} ${searchParams.get("error_description") ?? ""}`));
      resolve(searchParams.get("code"));
    });
  });
  code.catch(() => {}); // it may fail before anybody waits
  const listening = new Promise((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(8787, "localhost", resolve);
  });
  return { listening, code, close: () => listener.close() };
}

async function listTools(server, provider) {
  const transport = newTransport(server, provider);
  const client = new Client({ name: "Cursor", version: "1.0.32" });
  await client.connect(transport);
  const { tools } = await client.listTools();
  await client.close();
  return tools.map((tool) => tool.name).sort();
}

function newTransport(server, provider) {
  return new StreamableHTTPClientTransport(new URL(server.url), {
    authProvider: provider,
    requestInit: { headers: server.headers ?? {} },
  });
}

async function login(server, provider) {
  const answer = awaitCode(provider.expectedState);
  await answer.listening;
  const transport = newTransport(server, provider);
  try {
    await new Client({ name: "Cursor", version: "1.0.32" }).connect(transport);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    await transport.finishAuth(await answer.code);
  } finally {
    answer.close();
  }
  provider.interactive = false; // one login is enough
  return listTools(server, provider);
}

const [verb, name] = process.argv.slice(2);
setTimeout(() => process.exit(3), patience).unref();
try {
  const server = findServer(name);
  const provider = new CursorProvider(name, server, verb === "login");
  console.log(JSON.stringify(verb === "login" ? await login(server, provider) : await listTools(server, provider)));
  process.exit(0);
} catch (error) {
  console.error(String(error?.message ?? error));
  process.exit(1);
}
