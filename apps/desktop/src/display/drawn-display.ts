import type { Picture, Rectangle, Size } from '../picture/picture.js';
import { wallpaper } from '../picture/wallpaper.js';
import type { Display, Displays } from './display.js';
import { boundingSize } from './layout.js';

/** Stands in for a display where no X server is installed: it has a picture, but nothing can run on it. */
class DrawnDisplay implements Display {
  readonly name = '';
  readonly authority = '';
  readonly gone: Promise<void>;
  layout: readonly Rectangle[];
  #end: () => void = () => undefined;

  constructor(
    private readonly sessionId: string,
    size: Size,
  ) {
    this.layout = [{ ...size, x: 0, y: 0 }];
    this.gone = new Promise((resolve) => (this.#end = resolve));
  }

  capture(): Promise<Picture> {
    return Promise.resolve(wallpaper(this.sessionId, boundingSize(this.layout)));
  }

  setLayout(heads: readonly Rectangle[]): Promise<void> {
    this.layout = heads;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#end();
    return Promise.resolve();
  }
}

export function drawnDisplays(size: Size): Displays {
  return { kind: 'drawn', start: ({ sessionId }) => Promise.resolve(new DrawnDisplay(sessionId, size)) };
}
