/** The five steps from an empty workspace to a first campaign; the API detects which are done. */
import { queryOptions } from "@tanstack/svelte-query";
import { got, type Schema } from "#lib/api/client.ts";
import { route } from "#lib/route.ts";
import type { Session } from "#lib/session.svelte.ts";

export type OnboardingStep = Schema<"Onboarding">["steps"][number]["key"];

export const stepWords: Record<
  OnboardingStep,
  { title: string; text: string; action: string; href: string }
> = {
  sender: {
    title: "Say who you are",
    text: "A sender name, an address to send from and the postal address that the law wants in every e-mail.",
    action: "Set the sender",
    href: route.settings(),
  },
  contacts: {
    title: "Bring your people",
    text: "Import a CSV file of any size, or add somebody by hand. Nobody who left you is ever revived by an import.",
    action: "Import contacts",
    href: route.newImport(),
  },
  template: {
    title: "Write a template",
    text: "Text and HTML with variables, checked while you write.",
    action: "Write a template",
    href: route.newTemplate(),
  },
  test_send: {
    title: "Send yourself a test",
    text: "See it in your own inbox, or in the sandbox, before anybody else does.",
    action: "Open templates",
    href: route.templates(),
  },
  first_campaign: {
    title: "Send your first campaign",
    text: "With the sandbox connection nothing leaves this workspace, so there is nothing to fear.",
    action: "Start a campaign",
    href: route.newCampaign(),
  },
};

export function onboardingQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("onboarding"),
    queryFn: ({ signal }) => got(session.api.GET("/v1/onboarding", { signal })),
  });
}
