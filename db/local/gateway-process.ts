// The gateway as a process of its own, so that it has a core to itself and can be killed alone.
import { type Gateway, type GatewayOptions, startGateway } from "./gateway.ts";
import { answerParent } from "./node-child.ts";
import { tenantGuard } from "./tenant-guard.ts";
import { readVschema } from "./vschema.ts";

export type GatewayProcessOptions = Omit<GatewayOptions, "guard"> & { vschemaPath: string };
export type GatewayReady = { port: number; url: string };

let gateway: Gateway | undefined;

answerParent({
  async start({ vschemaPath, ...options }: GatewayProcessOptions): Promise<GatewayReady> {
    const vschema = readVschema(vschemaPath);
    gateway = await startGateway({ ...options, guard: vschema && tenantGuard(vschema) });
    return { port: gateway.port, url: gateway.url };
  },
});

process.on("SIGTERM", async () => {
  await gateway?.close();
  process.exit(0);
});
