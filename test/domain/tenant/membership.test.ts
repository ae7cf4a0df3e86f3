/** Who may change whose place in a workspace. */
import { describe, expect, test } from "vitest";
import type { UserId } from "#domain/ids";
import { mayChangePlace } from "#domain/tenant/membership";

const [ann, ben, cas] = ["usr_a", "usr_b", "usr_c"] as unknown as [UserId, UserId, UserId];
const owner = { userId: ann, role: "owner" } as const;
const editor = { userId: cas, role: "editor" } as const;

describe("a workspace", () => {
  test("keeps its last owner, whoever asks", () => {
    for (const to of ["admin", "viewer", null] as const) {
      const verdict = mayChangePlace({ by: "owner", member: owner, to, owners: [ann] });
      expect(verdict).toMatchObject({ ok: false, error: { kind: "wrong_state", state: "the last owner" } });
    }
  });
  test("lets one of two owners go", () => {
    for (const to of ["editor", null] as const)
      expect(mayChangePlace({ by: "owner", member: owner, to, owners: [ann, ben] }).ok).toBe(true);
  });
});

describe("an admin", () => {
  test("changes and removes those below", () => {
    for (const to of ["admin", "viewer", null] as const)
      expect(mayChangePlace({ by: "admin", member: editor, to, owners: [ann] }).ok).toBe(true);
  });
  test("neither makes nor unmakes owners", () => {
    const refused = { ok: false, error: { kind: "forbidden", needs: "owner" } };
    expect(mayChangePlace({ by: "admin", member: editor, to: "owner", owners: [ann] })).toEqual(refused);
    expect(mayChangePlace({ by: "admin", member: owner, to: null, owners: [ann, ben] })).toEqual(refused);
    expect(mayChangePlace({ by: "admin", member: owner, to: "viewer", owners: [ann, ben] })).toEqual(refused);
  });
});

test("an owner makes another owner", () => {
  expect(mayChangePlace({ by: "owner", member: editor, to: "owner", owners: [ann] }).ok).toBe(true);
});
