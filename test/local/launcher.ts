// Starts a stack for stack.test.ts in a process that can be killed, and tells its pids.
import { type StackOptions, startStack } from "#worker/local/stack";

process.once("message", async (options: StackOptions) => {
  const stack = await startStack(options);
  process.send?.(stack.pids());
});
process.on("disconnect", () => process.exit(0));
