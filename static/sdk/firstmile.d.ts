// What Firstmile's calls take and give. The same for window.firstmile and for create("https://firstmile.example.com").

export interface Options {
  /** Where the checklist stands in the page's text, rather than over it behind a launcher: an element or a selector. */
  mount?: Element | string;
  /** Where the launcher stands; without it, where the workspace's settings say. */
  position?: "bottom-right" | "bottom-left";
  /** A language such as "de" or "pt-BR"; without it, the person's own or the browser's. */
  lang?: string;
  /** Light or dark; without it, as the page's color-scheme says. */
  scheme?: "light" | "dark" | "auto";
}

/** A token that your server signed, or a function that fetches one; it is asked again when the last one has expired. */
export type Token = string | (() => string | Promise<string>);

export type Values = Record<string, unknown>;

export interface Events {
  /** The checklist is there, also when there is nothing to show for this user. */
  ready: { show: boolean; done: number; total: number; finished: boolean; dismissed: boolean; features: string[] };
  opened: Record<string, never>;
  closed: Record<string, never>;
  /** A step was completed while the page was open. */
  completed: { step: string; name: string };
  finished: Record<string, never>;
  skipped: { step: string; reason: string };
  unskipped: { step: string; reason: string };
  dismissed: { step: string; reason: string };
  resumed: { step: string; reason: string };
  /** A feature is on: said once for each that was on before (fresh: false), and when one is switched on. */
  unlocked: { feature: string; fresh: boolean };
  /** A step's button was pressed. Call preventDefault() to go there yourself; `path` is "" on another site. */
  navigate: { url: string; path: string; step: string; preventDefault(): void };
  /** There is no checklist, and why. The console says the same. */
  refused: { code: string; message: string };
}

export interface Firstmile {
  init(key: string, options?: Options): void;
  identify(id: string | number, traits?: Values, more?: { token?: Token }): void;
  group(id: string | number, traits?: Values): void;
  track(event: string, properties?: Values): void;
  /** Ask anew, and stand again where the page was built anew. */
  update(): void;
  /** Nobody is logged in any more. */
  reset(): void;
  open(): void;
  close(): void;
  /** Whether a feature is on, as far as this page knows: to show or hide, never to authorise. */
  unlocked(feature: string): boolean;
  /** Returns a function that ends it. */
  on<Name extends keyof Events>(event: Name, listener: (detail: Events[Name]) => void): () => void;
  push(...calls: [name: string, ...values: unknown[]][]): void;
}

/** `base`: the address of Firstmile, such as "https://firstmile.example.com". */
export function create(base: string): Firstmile;
