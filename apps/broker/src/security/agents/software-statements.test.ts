import { systemIds } from '@dcvsm/runtime';
import { ManualClock } from '@dcvsm/testkit';
import fc from 'fast-check';
import jwt from 'jsonwebtoken';
import { MemoryStore } from '../../store/memory-store.js';
import { SoftwareStatements, type StatementUse } from './software-statements.js';
import { noTerms, type StatementTerms } from './statement-terms.js';

const HOST = '10.1.2.3';

let store: MemoryStore;
let clock: ManualClock;
let statements: SoftwareStatements;
const load = (allowsOriginalForm = false, of = store): Promise<SoftwareStatements> =>
  SoftwareStatements.load({ store: of, clock, ids: systemIds(), allowsOriginalForm });
beforeEach(async () => {
  store = new MemoryStore();
  clock = new ManualClock();
  statements = await load();
});

const generated = async (terms: Partial<StatementTerms> = {}): Promise<string> =>
  (await statements.generate({ ...noTerms, ...terms })).statement;

function expectRefused(use: StatementUse, kind: 'invalid' | 'unapproved', words: string): void {
  expect(use).toMatchObject({ kind, reason: expect.stringContaining(words) as string });
}

describe('a signed statement', () => {
  it('lets hosts in, now and after a restart, and says under which terms', async () => {
    const tags = [{ key: 'color', value: 'pink' }];
    const statement = await generated({ name: 'lab', tags });
    for (const loaded of [statements, await load()]) {
      expect(await loaded.use(statement, HOST)).toMatchObject({ kind: 'used', terms: { name: 'lab', tags } });
    }
  });

  it('is refused after any change of any character', async () => {
    const statement = await generated();
    const place = fc.integer({ min: 0, max: statement.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.constantFrom(...'AZaz09-_.'), async (index, character) => {
        const altered = statement.slice(0, index) + character + statement.slice(index + 1);
        fc.pre(altered !== statement);
        expect(await statements.use(altered, HOST)).toMatchObject({ kind: 'invalid' });
      }),
      { numRuns: 500 },
    );
  });

  it('is refused without a signature, and with one of somebody else', async () => {
    const claims = jwt.decode(await generated(), { json: true });
    const unsigned = jwt.sign(claims ?? {}, '', { algorithm: 'none' });
    const foreign = jwt.sign(claims ?? {}, 'a key of an attacker', { algorithm: 'HS256' });
    expectRefused(await statements.use(unsigned, HOST), 'invalid', 'not as it was issued');
    expectRefused(await statements.use(foreign, HOST), 'invalid', 'not as it was issued');
  });

  it('is refused by a broker with another store, which says so', async () => {
    const other = await load(false, new MemoryStore());
    expectRefused(await other.use(await generated(), HOST), 'invalid', 'issued by another broker');
  });

  it('is refused from the moment at which it expires', async () => {
    const statement = await generated({ expiresAtMs: clock.now() + 60_000 });
    await clock.advance(59_000);
    expect(await statements.use(statement, HOST)).toMatchObject({ kind: 'used' });
    await clock.advance(1_000);
    expectRefused(await statements.use(statement, HOST), 'invalid', 'has expired');
    expect(statements.list()).toMatchObject([{ isActive: false }]);
  });

  it('is refused from other addresses than its own', async () => {
    const statement = await generated({ addresses: ['10.1.0.0/16', 'fd00::/8'] });
    for (const address of ['10.1.255.255', '::ffff:10.1.2.3', 'fd12::1']) {
      expect(await statements.use(statement, address)).toMatchObject({ kind: 'used' });
    }
    for (const address of ['10.2.0.1', '::ffff:10.2.0.1', '2001:db8::1', 'unknown']) {
      expectRefused(await statements.use(statement, address), 'unapproved', 'not for hosts of this address');
    }
  });

  it('is refused once it was deactivated, also after a restart', async () => {
    const statement = await generated();
    expect(await statements.deactivate(statement)).not.toBeNull();
    for (const loaded of [statements, await load()]) {
      expectRefused(await loaded.use(statement, HOST), 'unapproved', 'was deactivated');
      expect(loaded.list()).toMatchObject([{ statement, isActive: false }]);
    }
  });

  it('never repeats itself in a refusal', async () => {
    const statement = await generated({ maxUses: 1 });
    await statements.use(statement, HOST);
    const refusals = [await statements.use(statement, HOST), await statements.use(`${statement}x`, HOST)];
    for (const refusal of refusals) expect(JSON.stringify(refusal)).not.toContain(statement.slice(0, 40));
  });
});

describe('a statement of N uses', () => {
  it('is good for exactly N, however many come at once at two brokers of one store', async () => {
    const statement = await generated({ maxUses: 7 });
    const other = await load();
    const uses = await Promise.all(
      Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? statements : other).use(statement, HOST)),
    );
    expect(uses.filter(({ kind }) => kind === 'used')).toHaveLength(7);
    expectRefused(await statements.use(statement, HOST), 'unapproved', 'is used up');
    expect(statements.list()).toMatchObject([{ isActive: false }]);
  });
});

describe("a statement of the original's form", () => {
  it('is base64 of JSON as the guide shows it', async () => {
    const { id, statement } = await statements.generate(noTerms, 'original');
    const seconds = `${Math.floor(clock.now() / 1000)}.000000000`;
    expect(Buffer.from(statement, 'base64').toString('utf8')).toBe(
      `{\n  "id" : "${id}",\n  "active" : true,\n  "issuedAt" : ${seconds},\n  "brokerVersion" : "1.0.0"\n}`,
    );
  });

  it('is refused unless the configuration allows it', async () => {
    const { statement } = await statements.generate(noTerms, 'original');
    expectRefused(await statements.use(statement, HOST), 'unapproved', 'allow-legacy-software-statements');
    expect(await (await load(true)).use(statement, HOST)).toMatchObject({ kind: 'used' });
  });

  it('is refused when somebody made it up, also with the id of one of ours', async () => {
    const allowing = await load(true);
    const signed = await allowing.generate();
    const original = await allowing.generate(noTerms, 'original');
    for (const id of [signed.id, original.id, 'made-up']) {
      const text = JSON.stringify({ id, active: true, issuedAt: 1, brokerVersion: '1.0.0' });
      const use = await allowing.use(Buffer.from(text).toString('base64'), HOST);
      expectRefused(use, 'invalid', 'not issued here');
    }
  });

  it('can be deactivated, too', async () => {
    const allowing = await load(true);
    const { statement } = await allowing.generate(noTerms, 'original');
    await allowing.deactivate(statement);
    expectRefused(await allowing.use(statement, HOST), 'unapproved', 'was deactivated');
  });
});

it.each(['', 'x', '.', '..', 'a.b.c', 'e30=', Buffer.from('{"id":7}').toString('base64'), 'x'.repeat(9000)])(
  'refuses what is no statement at all: %.20s',
  async (text) => {
    expect(await (await load(true)).use(text, HOST)).toMatchObject({ kind: 'invalid' });
  },
);

it('is born with one statement, the same after a restart, and no other once that is deactivated', async () => {
  const initial = await statements.initial();
  expect(await (await load()).initial()).toEqual(initial);
  await statements.deactivate(initial.statement);
  const again = await load();
  expect(await again.initial()).toEqual({ ...initial, isActive: false });
  expect(again.list()).toHaveLength(1);
});
