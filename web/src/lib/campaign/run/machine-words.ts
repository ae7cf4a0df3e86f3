/** How a machine was known, in words for the report. */
export const machineWords: Readonly<Record<string, string>> = {
  apple_mail_privacy: "Apple Mail fetched the pictures, read or not",
  prefetch: "Gmail fetched the pictures before they were shown",
  known_scanner: "A security gateway or link preview that names itself",
  program: "A program without a screen",
  head_request: "Asked for the link without opening it",
  no_user_agent: "Did not say what it was",
  bare_user_agent: "Hid what it was",
  too_soon: "Faster than anybody reads",
  data_centre: "Came from a data centre",
  gateway_network: "Came from a mail gateway's network",
  decoy: "Followed a link nobody can see",
  burst_of_links: "Followed many links of one mail within seconds",
  burst_of_recipients: "Followed many recipients' links within seconds",
};
