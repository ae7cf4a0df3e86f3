/** Taking a file in, starting and stopping its import. */
import { listFields } from "#db/repos/fields";
import { getImport, type Import, insertImport, moveImport } from "#db/repos/imports";
import { getList } from "#db/repos/lists";
import type { TenantDb } from "#db/scope";
import { foreignFormat } from "#domain/contact/csv-encoding";
import type { ImportOptions, ImportState } from "#domain/contact/import";
import { checkOptions } from "#domain/contact/import-options";
import { previewOf } from "#domain/contact/import-preview";
import { cleanText } from "#domain/contact/text";
import type { ImportId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { askToGoOn } from "#queues/consumers/import-contacts";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";
import { storeFile } from "./upload.ts";

export async function takeFile(
  { scope, deps, actor }: Act,
  name: string,
  body: ReadableStream<Uint8Array> | null,
): Promise<Result<Import>> {
  const id = deps.newId("imp");
  const fileKey = `tenants/${scope.tenantId}/imports/${id}`;
  if (!body) return emptyFile;
  const { head, census } = await storeFile(deps.env.FILES, fileKey, body);
  const wanted = foreignFormat(head);
  const preview =
    wanted || census.sizeBytes === 0 ? undefined : previewOf(head, census, await listFields(scope));
  if (!preview || preview.columns.length === 0) {
    await deps.env.FILES.delete(fileKey);
    return wanted ? fail({ kind: "unsupported_media", wanted }) : emptyFile;
  }
  const fileName = cleanText(name, 255) || "import.csv";
  const createdAt = new Date(deps.now());
  return scope.transaction(async (tx) => {
    const { sizeBytes } = census;
    await insertImport(tx, { id, fileName, fileKey, sizeBytes, preview, createdBy: actor.id, createdAt });
    const after = { file_name: fileName, size_bytes: sizeBytes };
    await audit(tx, deps, actor, { action: "import.upload", subject: id, after });
    return found(tx, id);
  });
}

export async function startImport(
  { scope, deps, actor }: Act,
  id: ImportId,
  options: ImportOptions,
): Promise<Result<Import>> {
  const job = await getImport(scope, id);
  if (!job) return notFound;
  const [fields, list] = await Promise.all([
    listFields(scope),
    options.list_id ? getList(scope, options.list_id) : undefined,
  ]);
  const checked = checkOptions(options, {
    columns: job.preview.columns,
    fieldKeys: fields.map((f) => f.key),
    listExists: options.list_id === null || list !== undefined,
  });
  if (!checked.ok) return checked;
  const now = new Date(deps.now());
  const started = await scope.transaction(async (tx) => {
    const change = { state: "running", options: checked.value, startedAt: now, updatedAt: now } as const;
    if (!(await moveImport(tx, id, ["uploaded"], change))) return wrongState(tx, id, "uploaded");
    await audit(tx, deps, actor, { action: "import.start", subject: id, after: { ...checked.value } });
    return found(tx, id);
  });
  // Should this message be lost, the sweep finds an import that runs and that nobody holds.
  if (started.ok) await askToGoOn(deps, scope.tenantId, id);
  return started;
}

export async function cancelImport({ scope, deps, actor }: Act, id: ImportId): Promise<Result<Import>> {
  const now = new Date(deps.now());
  return scope.transaction(async (tx) => {
    const change = { state: "cancelled", finishedAt: now, updatedAt: now } as const;
    if (!(await moveImport(tx, id, ["uploaded", "running"], change)))
      return wrongState(tx, id, "uploaded or running");
    await audit(tx, deps, actor, { action: "import.cancel", subject: id });
    return found(tx, id);
  });
}

async function found(scope: TenantDb, id: ImportId): Promise<Result<Import>> {
  const job = await getImport(scope, id);
  return job ? ok(job) : notFound;
}

async function wrongState(scope: TenantDb, id: ImportId, wanted: string): Promise<Result<never>> {
  const job = await getImport(scope, id);
  return job ? fail({ kind: "wrong_state", what: "import", state: stateWords[job.state], wanted }) : notFound;
}

const stateWords = {
  uploaded: "not started",
  running: "running",
  completed: "completed",
  cancelled: "cancelled",
  failed: "failed",
} as const satisfies Record<ImportState, string>;
const notFound = fail({ kind: "not_found", what: "import" });
const emptyFile = fail({ kind: "invalid", errors: [{ pointer: "", detail: "The file is empty." }] });
