import type { Size } from '../picture/picture.js';
import type { XConnection } from './connection.js';
import { shorts, words } from './packets.js';

const QUERY_EXTENSION = 98;
const GET_SCREEN_SIZE_RANGE = 6;
const SET_SCREEN_SIZE = 7;
const GET_SCREEN_RESOURCES = 8;
const CREATE_MODE = 16;
const ADD_OUTPUT_MODE = 18;
const SET_CRTC_CONFIG = 21;
const ROTATE_0 = 1;
const MODE_BYTES = 32;
const PX_PER_MM = 96 / 25.4;

interface Resources {
  readonly configTimestamp: number;
  readonly crtc: number;
  readonly output: number;
  readonly modes: readonly (Size & { readonly id: number })[];
}

/**
 * Gives the screen another size (RandR protocol 1.2), through its first output.
 *
 * @throws Error if the X server has no RandR or does not offer the size
 */
export async function resizeScreen(connection: XConnection, size: Size): Promise<void> {
  const { root } = connection.setup.screen;
  const opcode = await randrOpcode(connection);
  await checkRange(connection, opcode, size);
  const resources = decodeResources(await connection.ask(opcode, GET_SCREEN_RESOURCES, words(root)));
  const mode = resources.modes.find(({ width, height }) => width === size.width && height === size.height);
  const modeId = mode?.id ?? (await createMode(connection, opcode, size));
  if (!mode) connection.send(opcode, ADD_OUTPUT_MODE, words(resources.output, modeId));
  const configure = async (wanted: number, outputs: readonly number[]): Promise<void> => {
    const head = words(resources.crtc, 0, resources.configTimestamp, 0, wanted);
    const body = Buffer.concat([head, shorts(ROTATE_0, 0), words(...outputs)]);
    const status = (await connection.ask(opcode, SET_CRTC_CONFIG, body)).readUInt8(1);
    if (status !== 0) throw new Error(`the X server did not take the size (RandR status ${status})`);
  };
  // The screen may not be smaller than what its output shows, so the output is off meanwhile.
  await configure(0, []);
  const millimetres = [size.width, size.height].map((length) => Math.round(length / PX_PER_MM));
  const sizes = Buffer.concat([words(root), shorts(size.width, size.height), words(...millimetres)]);
  connection.send(opcode, SET_SCREEN_SIZE, sizes);
  await configure(modeId, [resources.output]);
}

async function randrOpcode(connection: XConnection): Promise<number> {
  const name = Buffer.from('RANDR', 'latin1');
  const reply = await connection.ask(QUERY_EXTENSION, 0, Buffer.concat([shorts(name.length, 0), name]));
  if (reply.readUInt8(8) === 0)
    throw new Error('the X server cannot change the size of its screen (no RANDR)');
  return reply.readUInt8(9);
}

/** Asked first, because a refused size would leave the output off. */
async function checkRange(connection: XConnection, opcode: number, { width, height }: Size): Promise<void> {
  const reply = await connection.ask(opcode, GET_SCREEN_SIZE_RANGE, words(connection.setup.screen.root));
  const least = { width: reply.readUInt16LE(8), height: reply.readUInt16LE(10) };
  const most = { width: reply.readUInt16LE(12), height: reply.readUInt16LE(14) };
  const isWide = width >= least.width && width <= most.width;
  if (isWide && height >= least.height && height <= most.height) return;
  throw new Error(`it takes ${least.width}x${least.height} to ${most.width}x${most.height}`);
}

function decodeResources(reply: Buffer): Resources {
  const crtcs = reply.readUInt16LE(16);
  const outputs = reply.readUInt16LE(18);
  const modes = reply.readUInt16LE(20);
  if (crtcs === 0 || outputs === 0) throw new Error('the X server has no output whose size could change');
  const modesAt = 32 + (crtcs + outputs) * 4;
  return {
    configTimestamp: reply.readUInt32LE(12),
    crtc: reply.readUInt32LE(32),
    output: reply.readUInt32LE(32 + crtcs * 4),
    modes: Array.from({ length: modes }, (_, index) => modesAt + index * MODE_BYTES).map((at) => ({
      id: reply.readUInt32LE(at),
      width: reply.readUInt16LE(at + 4),
      height: reply.readUInt16LE(at + 6),
    })),
  };
}

async function createMode(connection: XConnection, opcode: number, { width, height }: Size): Promise<number> {
  const name = Buffer.from(`${width}x${height}`, 'latin1');
  // Timings of a picture tube that is not there; only the size counts, but totals of zero are refused.
  const body = Buffer.concat([
    words(connection.setup.screen.root, 0),
    shorts(width, height),
    words(width * height * 60),
    shorts(width, width, width, 0, height, height, height, name.length),
    words(0),
    name,
  ]);
  return (await connection.ask(opcode, CREATE_MODE, body)).readUInt32LE(8);
}
