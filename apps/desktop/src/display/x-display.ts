import type { Clock } from '@dcvsm/runtime';
import type { Picture, Rectangle } from '../picture/picture.js';
import { wallpaper } from '../picture/wallpaper.js';
import { Refusal } from '../refusal.js';
import { XConnection } from '../x11/connection.js';
import { resizeScreen } from '../x11/resize.js';
import { captureScreen, setBackground } from '../x11/screen.js';
import type { Display, Displays } from './display.js';
import { boundingSize } from './layout.js';
import { startXServer, type XServer, type XServerOptions } from './x-server.js';

class XDisplay implements Display {
  readonly name: string;
  readonly authority: string;
  readonly gone: Promise<void>;
  layout: readonly Rectangle[];

  constructor(
    private readonly clock: Clock,
    private readonly server: XServer,
    private readonly sessionId: string,
    head: Rectangle,
  ) {
    this.name = `:${server.display}`;
    this.authority = server.authority;
    this.gone = server.program.exited.then(() => undefined);
    this.layout = [head];
  }

  capture(): Promise<Picture> {
    return this.#connected(captureScreen);
  }

  async setLayout(heads: readonly Rectangle[]): Promise<void> {
    const size = boundingSize(heads);
    try {
      await this.#connected((connection) => resizeScreen(connection, size));
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      throw new Refusal(`the display cannot be made ${size.width}x${size.height}: ${problem}`);
    }
    this.layout = heads;
    await this.paintBackground();
  }

  paintBackground(): Promise<void> {
    const picture = wallpaper(this.sessionId, boundingSize(this.layout));
    return this.#connected((connection) => setBackground(connection, picture));
  }

  stop(): Promise<void> {
    return this.server.program.stop(this.clock);
  }

  async #connected<T>(use: (connection: XConnection) => Promise<T>): Promise<T> {
    const connection = await XConnection.open(this.server.display, this.server.cookie);
    try {
      return await use(connection);
    } finally {
      connection.close();
    }
  }
}

/** Displays that are X servers of the kind found on this machine. */
export function xDisplays(options: XServerOptions): Displays {
  return {
    kind: options.kind.name,
    async start(request) {
      const server = await startXServer(options, request);
      const head = { ...options.size, x: 0, y: 0 };
      const display = new XDisplay(options.clock, server, request.sessionId, head);
      await display.paintBackground();
      return display;
    },
  };
}
