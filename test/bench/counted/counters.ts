/** What a deployment is billed for, counted where it happens (reference: Cloudflare prices, 2026). */
const tally: Record<string, number> = {};
type Cursor = { readonly rowsRead: number; readonly rowsWritten: number };
const cursors: Cursor[] = [];

export function count(name: string, by = 1): void {
  tally[name] = (tally[name] ?? 0) + by;
}

/** All counts since the last call. */
export function report(): Record<string, number> {
  for (const cursor of cursors.splice(0)) {
    count("object_rows_read", cursor.rowsRead);
    count("object_rows_written", cursor.rowsWritten);
  }
  const counts = { ...tally };
  for (const name of Object.keys(tally)) delete tally[name];
  return counts;
}

const blocks = (value: unknown) => Math.max(1, Math.ceil(JSON.stringify(value).length / 64_000));

const wrapped = new WeakMap<object, Env>();

/** Queues and objects behind counters. */
export function countedEnv(env: Env): Env {
  const known = wrapped.get(env);
  if (known) return known;
  const made = new Proxy(env, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof name !== "string") return value;
      if (name.endsWith("_QUEUE")) return countedQueue(value as Queue);
      if (name === "CAMPAIGN_COORDINATOR" || name === "CONNECTION_LIMITER")
        return countedNamespace(value as DurableObjectNamespace);
      if (name === "FILES") return countedBucket(value as R2Bucket);
      return value;
    },
  });
  wrapped.set(env, made);
  return made;
}

function countedQueue(queue: Queue) {
  return {
    send(body: unknown, options?: QueueSendOptions) {
      count("queue_operations", blocks(body));
      return queue.send(body, options);
    },
    sendBatch(messages: Iterable<MessageSendRequest>, options?: QueueSendBatchOptions) {
      const all = [...messages];
      for (const message of all) count("queue_operations", blocks(message.body));
      return queue.sendBatch(all, options);
    },
  };
}

function countedNamespace(namespace: DurableObjectNamespace) {
  return {
    getByName(name: string) {
      const stub = namespace.getByName(name);
      return new Proxy(stub, {
        get(target, method) {
          const value = Reflect.get(target, method) as unknown;
          if (typeof value !== "function") return value;
          return (...args: unknown[]) => {
            count("object_requests");
            return Reflect.apply(value, target, args) as unknown;
          };
        },
      });
    },
  };
}

function countedBucket(bucket: R2Bucket) {
  return new Proxy(bucket, {
    get(target, method) {
      const value = Reflect.get(target, method) as unknown;
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        count(method === "get" || method === "head" ? "bucket_reads" : "bucket_writes");
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
}

/** An object's rows: SQL as its cursors tell, keys one each, an alarm one. */
export function countStorage(ctx: DurableObjectState): DurableObjectState {
  const { storage } = ctx;
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  patch(sql, "exec", (...args: Parameters<typeof exec>) => {
    const cursor = exec(...args);
    cursors.push(cursor);
    return cursor;
  });
  const kv = storage.kv;
  const putNow = kv.put.bind(kv);
  patch(kv, "put", (...args: Parameters<typeof putNow>) => {
    count("object_rows_written");
    return putNow(...args);
  });
  const put = storage.put.bind(storage) as (...args: unknown[]) => Promise<void>;
  patch(storage, "put", (...args: unknown[]) => {
    count("object_rows_written");
    return put(...args);
  });
  const setAlarm = storage.setAlarm.bind(storage);
  patch(storage, "setAlarm", (...args: Parameters<typeof setAlarm>) => {
    count("object_rows_written");
    return setAlarm(...args);
  });
  return ctx;
}

function patch(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true });
}

let patched = false;
export function countFetches(databaseUrl: string): void {
  if (patched) return;
  patched = true;
  const { host } = new URL(databaseUrl);
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
    if (url.includes(host)) count("sql_statements");
    return original(input, init);
  };
}
