import type { Picture } from '../picture/picture.js';
import type { XConnection } from './connection.js';
import { shorts, words } from './packets.js';
import { decodePixels, encodePixels } from './pixels.js';

const CHANGE_WINDOW_ATTRIBUTES = 2;
const GET_INPUT_FOCUS = 43;
const CREATE_PIXMAP = 53;
const FREE_PIXMAP = 54;
const CREATE_GC = 55;
const CLEAR_AREA = 61;
const PUT_IMAGE = 72;
const GET_IMAGE = 73;
const Z_PIXMAP = 2;
const ALL_PLANES = 0xffffffff;
const BACKGROUND_PIXMAP = 1;

/** What the screen shows now: the root window with every window on it. */
export async function captureScreen(connection: XConnection): Promise<Picture> {
  const { screen } = connection.setup;
  const area = Buffer.concat([
    words(screen.root),
    shorts(0, 0, screen.width, screen.height),
    words(ALL_PLANES),
  ]);
  const reply = await connection.ask(GET_IMAGE, Z_PIXMAP, area);
  return decodePixels(reply.subarray(32), screen, screen.pixels);
}

/** Makes the picture the background of the screen; it stays when the connection is closed. */
export async function setBackground(connection: XConnection, picture: Picture): Promise<void> {
  const { screen, maxRequestBytes } = connection.setup;
  const pixmap = connection.newId();
  const context = connection.newId();
  const size = shorts(picture.width, picture.height);
  connection.send(CREATE_PIXMAP, screen.depth, Buffer.concat([words(pixmap, screen.root), size]));
  connection.send(CREATE_GC, 0, words(context, pixmap, 0));
  const perRequest = Math.max(1, Math.floor((maxRequestBytes - 24) / (picture.width * 4)));
  for (let from = 0; from < picture.height; from += perRequest) {
    const count = Math.min(perRequest, picture.height - from);
    const head = [words(pixmap, context), shorts(picture.width, count, 0, from, screen.depth << 8, 0)];
    const strip = encodePixels(picture, { from, count }, screen.pixels);
    connection.send(PUT_IMAGE, Z_PIXMAP, Buffer.concat([...head, strip]));
  }
  connection.send(CHANGE_WINDOW_ATTRIBUTES, 0, words(screen.root, BACKGROUND_PIXMAP, pixmap));
  connection.send(CLEAR_AREA, 0, Buffer.concat([words(screen.root), shorts(0, 0, 0, 0)]));
  connection.send(FREE_PIXMAP, 0, words(pixmap));
  // A request with an answer: when it comes, everything before it was carried out or refused.
  await connection.ask(GET_INPUT_FOCUS, 0, Buffer.alloc(0));
}
