/** Who may change whose place in a workspace. */
import type { UserId } from "../ids.ts";
import { fail, ok, type Result } from "../result.ts";
import type { Role } from "./role.ts";

export type PlaceChange = {
  /** The role of the one who asks; that it may change members at all was checked before. */
  readonly by: Role;
  readonly member: { readonly userId: UserId; readonly role: Role };
  /** The new role; null takes the member out. */
  readonly to: Role | null;
  readonly owners: readonly UserId[];
};

/** Owners are made and unmade by owners alone, and a workspace is never without one. */
export function mayChangePlace({ by, member, to, owners }: PlaceChange): Result<undefined> {
  const concernsOwner = owners.includes(member.userId) || to === "owner";
  if (concernsOwner && by !== "owner") return fail({ kind: "forbidden", needs: "owner" });
  const lastOwner = owners.length === 1 && owners[0] === member.userId;
  if (lastOwner && to !== "owner")
    return fail({
      kind: "wrong_state",
      what: "member",
      state: "the last owner",
      wanted: "one of several owners",
    });
  return ok();
}
