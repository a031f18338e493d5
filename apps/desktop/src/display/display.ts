import type { Picture, Rectangle } from '../picture/picture.js';

/** The screen of one session: a real X display, or a drawn picture where no X server is installed. */
export interface Display {
  /** As DISPLAY has it (":3"); empty for a drawn one. */
  readonly name: string;
  /** The Xauthority file; empty for a drawn one. */
  readonly authority: string;
  readonly layout: readonly Rectangle[];
  /** Resolves when the display has ended, by itself or by `stop`. */
  readonly gone: Promise<void>;
  capture(): Promise<Picture>;
  /** @throws Refusal if the display cannot take the layout */
  setLayout(heads: readonly Rectangle[]): Promise<void>;
  stop(): Promise<void>;
}

export interface DisplayRequest {
  readonly sessionId: string;
  /** An existing folder only for this session. */
  readonly folder: string;
  readonly mark: string;
}

/** Makes displays of one kind; `kind` is what the start line of the program tells people. */
export interface Displays {
  readonly kind: 'Xvnc' | 'Xvfb' | 'drawn';
  start(request: DisplayRequest): Promise<Display>;
}
