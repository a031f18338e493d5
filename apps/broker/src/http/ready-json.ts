const OPEN = 0x5b;
const CLOSE = 0x5d;
const COMMA = 0x2c;

/** JSON that is bytes already. A page of a thousand sessions is joined in 0.1 ms, while writing it anew takes 3 ms. */
export class ReadyJson {
  readonly #values: readonly Buffer[];
  readonly #isArray: boolean;
  /** In bytes. */
  readonly length: number;

  private constructor(values: readonly Buffer[], isArray: boolean) {
    this.#values = values;
    this.#isArray = isArray;
    let length = isArray ? 1 + Math.max(1, values.length) : 0;
    for (const value of values) length += value.length;
    this.length = length;
  }

  static value(json: Buffer): ReadyJson {
    return new ReadyJson([json], false);
  }

  static array(values: readonly Buffer[]): ReadyJson {
    return new ReadyJson(values, true);
  }

  /** @returns where it ends */
  copyTo(target: Buffer, start: number): number {
    let at = start;
    if (this.#isArray) target[at++] = OPEN;
    for (const value of this.#values) {
      target.set(value, at);
      at += value.length;
      if (this.#isArray) target[at++] = COMMA;
    }
    // In the place of the last comma.
    const end = start + this.length;
    if (this.#isArray) target[end - 1] = CLOSE;
    return end;
  }
}

/** An object as JSON, whose fields may be ready. */
export function toJson(fields: object): Buffer | string {
  let text = '{';
  let isFirst = true;
  const parts: (ReadyJson | string)[] = [];
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined) continue;
    text += `${isFirst ? '' : ','}${JSON.stringify(name)}:`;
    isFirst = false;
    if (value instanceof ReadyJson) {
      parts.push(text, value);
      text = '';
    } else text += JSON.stringify(value);
  }
  text += '}';
  return parts.length === 0 ? text : joined([...parts, text]);
}

function joined(parts: readonly (ReadyJson | string)[]): Buffer {
  let length = 0;
  for (const part of parts) length += typeof part === 'string' ? Buffer.byteLength(part) : part.length;
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (const part of parts)
    at = typeof part === 'string' ? at + bytes.write(part, at) : part.copyTo(bytes, at);
  return bytes;
}
