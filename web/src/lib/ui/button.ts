import { tv, type VariantProps } from "tailwind-variants/lite";

export const button = tv({
  base: "inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-lg font-medium transition-colors duration-100 disabled:pointer-events-none disabled:opacity-50 aria-disabled:pointer-events-none aria-disabled:opacity-50",
  variants: {
    variant: {
      primary: "bg-fg text-bg hover:bg-fg/85",
      secondary: "border border-line bg-bg text-fg hover:bg-surface-2",
      ghost: "text-fg-2 hover:bg-surface-2 hover:text-fg",
      danger: "bg-bad text-bg hover:bg-bad/85",
      "danger-ghost": "text-bad hover:bg-bad-soft",
    },
    size: {
      sm: "h-7 px-2.5 text-meta touch:h-10",
      md: "h-8 px-3 text-base touch:h-10",
      icon: "size-8 touch:size-10",
      "icon-sm": "size-7 touch:size-10",
    },
  },
  defaultVariants: { variant: "secondary", size: "md" },
});

export type ButtonVariant = VariantProps<typeof button>["variant"];
export type ButtonSize = VariantProps<typeof button>["size"];

/** What text inputs, selects and comboboxes look like. */
export const control =
  "h-8 w-full min-w-0 rounded-lg border border-line bg-bg px-2.5 text-base text-fg transition-colors duration-100 hover:border-line-2 focus:border-ring focus:outline-2 focus:outline-offset-0 focus:outline-ring/40 disabled:bg-surface disabled:text-fg-3 aria-invalid:border-bad touch:h-10 touch:text-[16px]";

/** Floating layers: menus, lists of options. */
export const layer =
  "z-50 max-h-(--bits-floating-available-height) overflow-y-auto rounded-xl border border-line bg-bg p-1 shadow-lg outline-none data-[state=open]:animate-pop";
export const layerItem =
  "flex min-h-8 cursor-pointer select-none items-center gap-2 rounded-lg px-2 py-1 outline-none data-disabled:cursor-default data-disabled:opacity-50 data-highlighted:bg-surface-2 touch:min-h-10";
