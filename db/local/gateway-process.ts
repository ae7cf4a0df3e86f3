// The gateway as a process of its own, so that it has a core to itself and can be killed alone.
import { type Gateway, type GatewayOptions, startGateway } from "./gateway.ts";
import { answerParent } from "./node-child.ts";
import { shapeOf } from "./sql-shape.ts";
import { type TenantGuard, tenantGuard } from "./tenant-guard.ts";
import { readVschema } from "./vschema.ts";

export type GatewayProcessOptions = Omit<GatewayOptions, "guard" | "onSlow"> & { vschemaPath: string };
export type GatewayReady = { port: number; url: string };

let gateway: Gateway | undefined;
let vschemaPath = "";
let guard: TenantGuard | undefined;

function readGuard(): void {
  const vschema = readVschema(vschemaPath);
  guard = vschema && tenantGuard(vschema);
}

/** Without its literals, which may be somebody's address. */
function logSlow(sql: string, seconds: number): void {
  const shape = shapeOf(sql.slice(0, 20_000)).replace(/\s+/g, " ").trim();
  console.log(`${new Date().toISOString()} slow ${seconds.toFixed(1)} s: ${shape.slice(0, 2_000)}`);
}

answerParent({
  async start({ vschemaPath: path, ...options }: GatewayProcessOptions): Promise<GatewayReady> {
    vschemaPath = path;
    readGuard();
    gateway = await startGateway({ ...options, guard: (sql) => guard?.(sql), onSlow: logSlow });
    return { port: gateway.port, url: gateway.url };
  },
  readVschema: readGuard,
});

process.on("SIGTERM", async () => {
  await gateway?.close();
  process.exit(0);
});
