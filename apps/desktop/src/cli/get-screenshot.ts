import { resolve } from 'node:path';
import type { DcvRequest } from '../wire/request.js';
import { command } from './command.js';
import { printJson } from './json.js';
import type { Parsed } from './options.js';
import { JSON_OPTION, oneOf, operandsOf, pixels } from './read-values.js';

type GetScreenshot = Extract<DcvRequest, { command: 'get-screenshot' }>;

/** DCV administrator guide, "Getting screenshots of a session". */
export const getScreenshot = command<GetScreenshot>({
  name: 'get-screenshot',
  operands: 'session',
  summary: 'Take a picture of a session',
  options: [
    { name: 'max-width', value: 'PX', summary: 'The largest width; the height follows' },
    { name: 'max-height', value: 'PX', summary: 'The largest height; the width follows' },
    { name: 'format', value: 'JPEG|PNG', summary: 'The format (default: by the file name, else PNG)' },
    { name: 'primary', summary: 'Only the first head' },
    JSON_OPTION,
    { name: 'output', short: 'o', value: 'PATH', summary: 'The file to write (default: the session id)' },
  ],
  ask(parsed) {
    const [session = ''] = operandsOf(parsed, 'session id');
    return {
      command: 'get-screenshot',
      session,
      maxWidth: pixels(parsed, 'max-width'),
      maxHeight: pixels(parsed, 'max-height'),
      format: formatOf(parsed),
      primary: parsed.options.has('primary'),
    };
  },
  show({ format, base64 }, { options, operands }, { cwd }) {
    if (options.has('json')) return { kind: 'text', text: printJson({ format, base64 }) };
    const path = resolve(cwd, options.get('output') ?? `${operands[0] ?? 'screenshot'}.${format}`);
    return { kind: 'file', path, content: Buffer.from(base64, 'base64') };
  },
});

function formatOf({ options }: Parsed): 'png' | 'jpeg' {
  const asked = options.get('format');
  if (asked !== undefined) return oneOf(asked.toLowerCase(), ['jpeg', 'png'], '--format');
  return /\.jpe?g$/i.test(options.get('output') ?? '') ? 'jpeg' : 'png';
}
