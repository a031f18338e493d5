import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock, Ids } from '@dcvsm/runtime';
import { z } from 'zod';
import type { Store } from '../../store/store.js';
import { Registry, type Entry } from '../registry.js';
import { originalForm, StatementSigner } from './statement-forms.js';
import { isWithin, noTerms, StatementTerms } from './statement-terms.js';

const StatementBody = z.object({
  /** As it was printed. A bearer secret, kept because the command that lists statements has to print it. */
  statement: z.string(),
  form: z.enum(['signed', 'original']),
  active: z.boolean(),
  /** Agents that registered with it. */
  uses: z.int().min(0),
  terms: StatementTerms,
});
type StatementBody = z.infer<typeof StatementBody>;

/** A software statement as operators see it. */
export interface SoftwareStatement {
  readonly id: string;
  readonly statement: string;
  readonly issuedAtMs: number;
  /** Whether another agent can register with it. */
  readonly isActive: boolean;
}

/** What became of an attempt to register with a statement; the words never repeat it. */
export type StatementUse =
  | { readonly kind: 'used'; readonly statementId: string; readonly terms: StatementTerms }
  | {
      /** `invalid`: not ours, altered or expired. `unapproved`: ours, but not for this. */
      readonly kind: 'invalid' | 'unapproved';
      readonly statementId: string | null;
      readonly reason: string;
    };

export interface SoftwareStatementsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Accept statements of the original's form, if they were generated here. */
  readonly allowsOriginalForm: boolean;
}

/** The software statements with which agents may register. */
export class SoftwareStatements {
  readonly #registry: Registry<StatementBody>;
  readonly #signer: StatementSigner;
  readonly #options: SoftwareStatementsOptions;

  private constructor(
    registry: Registry<StatementBody>,
    signer: StatementSigner,
    options: SoftwareStatementsOptions,
  ) {
    this.#registry = registry;
    this.#signer = signer;
    this.#options = options;
  }

  static async load(options: SoftwareStatementsOptions): Promise<SoftwareStatements> {
    const { store, ids } = options;
    const key = await store.secret('software-statement-key', ids.secret(32));
    const storeId = await store.secret('store-id', ids.uuid());
    const registry = await Registry.load(store, 'software-statement', StatementBody);
    return new SoftwareStatements(registry, new StatementSigner(key, storeId), options);
  }

  /** Resolves with a new statement. */
  async generate(
    terms: StatementTerms = noTerms,
    form: StatementBody['form'] = 'signed',
  ): Promise<SoftwareStatement> {
    return this.#add(this.#options.ids.uuid(), terms, form);
  }

  /** The statement that a store is born with: made once, the same for all its brokers, active or not. */
  async initial(): Promise<SoftwareStatement> {
    const { store, ids } = this.#options;
    const id = await store.secret('default-software-statement-id', ids.uuid());
    return this.find(id) ?? this.#add(id, { ...noTerms, name: 'default' }, 'signed');
  }

  find(id: string): SoftwareStatement | undefined {
    const entry = this.#registry.get(id);
    return entry === undefined ? undefined : this.#describe(entry);
  }

  /** Active or not, oldest first. */
  list(): readonly SoftwareStatement[] {
    return this.#registry.list().map((entry) => this.#describe(entry));
  }

  /** No further agent can register with it. Resolves with its id; null: there is no such statement. */
  async deactivate(statement: string): Promise<string | null> {
    const found = this.#registry.list().find(({ body }) => body.statement === statement);
    if (found === undefined) return null;
    const changed = await this.#registry.change(found.id, ({ body }) => ({
      body: { ...body, active: false },
    }));
    return changed === null ? null : found.id;
  }

  /** Takes one use of the statement for an agent at this address: of N uses exactly N succeed, however they come. */
  async use(statement: string, address: string): Promise<StatementUse> {
    const nowMs = this.#options.clock.now();
    const read = this.#signer.read(statement, nowMs);
    if (read.kind === 'invalid') return { kind: 'invalid', statementId: null, reason: read.reason };
    const statementId = read.id;
    const known = this.#registry.get(statementId)?.body;
    if (known === undefined || known.form !== read.kind || !isSame(known.statement, statement)) {
      return { kind: 'invalid', statementId: null, reason: 'the software statement was not issued here' };
    }
    let reason: string | null = null;
    const used = await this.#registry.change(statementId, ({ body }) => {
      reason = this.#refusal(body, address, nowMs);
      return reason === null ? { body: { ...body, uses: body.uses + 1 } } : null;
    });
    if (used === null || used === 'name-taken') {
      return { kind: 'unapproved', statementId, reason: reason ?? 'the software statement was removed' };
    }
    return { kind: 'used', statementId, terms: used.body.terms };
  }

  #refusal({ form, active, uses, terms }: StatementBody, address: string, nowMs: number): string | null {
    if (form === 'original' && !this.#options.allowsOriginalForm) {
      return "statements of the original's form are not accepted (allow-legacy-software-statements)";
    }
    if (!active) return 'the software statement was deactivated';
    if (terms.expiresAtMs !== null && nowMs >= terms.expiresAtMs) return 'the software statement has expired';
    if (terms.maxUses !== null && uses >= terms.maxUses) return 'the software statement is used up';
    if (terms.addresses !== null && !isWithin(address, terms.addresses)) {
      return 'the software statement is not for hosts of this address';
    }
    return null;
  }

  async #add(id: string, terms: StatementTerms, form: StatementBody['form']): Promise<SoftwareStatement> {
    const createdAtMs = this.#options.clock.now();
    const statement =
      form === 'signed' ? this.#signer.sign(id, createdAtMs, terms) : originalForm(id, createdAtMs);
    const body: StatementBody = { statement, form, active: true, uses: 0, terms };
    await this.#registry.add({ id, uniqueName: null, createdAtMs, body });
    const added = this.find(id);
    if (added === undefined) throw new Error('the software statement was added by somebody else');
    return added;
  }

  #describe({ id, createdAtMs, body }: Entry<StatementBody>): SoftwareStatement {
    const { active, uses, terms, statement } = body;
    const isUsedUp = terms.maxUses !== null && uses >= terms.maxUses;
    const isExpired = terms.expiresAtMs !== null && this.#options.clock.now() >= terms.expiresAtMs;
    return { id, statement, issuedAtMs: createdAtMs, isActive: active && !isUsedUp && !isExpired };
  }
}

/** In a time that does not depend on where they differ. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
