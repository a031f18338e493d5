import { createSessionCommand } from './create-session.js';
import { getScreenshot } from './get-screenshot.js';
import { parseOptions } from './options.js';

const known = [...getScreenshot.options, ...createSessionCommand.options];
const parse = (...args: string[]) => {
  const { options, operands } = parseOptions(known, args);
  return { options: Object.fromEntries(options), operands };
};

describe('the options of a dcv command', () => {
  it('stand before, between and after operands, with a space or an equals sign', () => {
    expect(parse('--type', 'virtual', 'id', '--name=my = name', '-j', '-o', 'a.png')).toEqual({
      options: { type: 'virtual', name: 'my = name', json: '', output: 'a.png' },
      operands: ['id'],
    });
  });

  it('take values that begin with a hyphen, that are empty or that hang on the letter', () => {
    expect(parse('--name', '--type', '-ob.png').options).toEqual({ name: '--type', output: 'b.png' });
    expect(parse('--name=', 'id')).toEqual({ options: { name: '' }, operands: ['id'] });
  });

  it('end at two hyphens', () => {
    expect(parse('--json', '--', '--name').operands).toEqual(['--name']);
  });

  it.each([
    [['--nome', 'x'], 'unknown option --nome'],
    [['--nome=x'], 'unknown option --nome'],
    [['-x'], 'unknown option -x'],
    [['--name'], 'option --name needs a value: NAME'],
    [['--json=yes'], 'option --json takes no value'],
  ])('%j are refused', (args, problem) => {
    expect(() => parse(...args)).toThrow(problem);
  });
});
