/** What a table definition calls differently in each database. */
interface Words {
  /** 64 hexadecimal digits. */
  readonly digest: string;
  /** A short name of ours. */
  readonly word: string;
  /** JSON of any length. */
  readonly text: string;
  readonly time: string;
  /** A number that each new row gets, larger than those before. */
  readonly counted: string;
  /** Behind each table. */
  readonly options: string;
}

/**
 * Forward only: a released step is never changed, the next one is added behind it. Each statement can be run again,
 * since MySQL keeps what a step did before it was interrupted. Keys are digests; bodies hold the ids.
 */
export function schemaSteps(words: Words): readonly (readonly string[])[] {
  const { digest, word, text, time, counted, options } = words;
  return [
    [
      `CREATE TABLE IF NOT EXISTS sessions (
         "key" ${digest} NOT NULL PRIMARY KEY,
         version BIGINT NOT NULL,
         body ${text} NOT NULL
       )${options}`,
      `CREATE TABLE IF NOT EXISTS servers (
         id ${digest} NOT NULL PRIMARY KEY,
         body ${text} NOT NULL,
         gate ${word} NOT NULL,
         link_epoch BIGINT NOT NULL,
         placement_version BIGINT NOT NULL,
         registered_at_ms ${time} NOT NULL
       )${options}`,
      `CREATE TABLE IF NOT EXISTS registrations (
         number ${counted},
         kind ${word} NOT NULL,
         id ${digest} NOT NULL,
         unique_name ${digest},
         created_at_ms ${time} NOT NULL,
         body ${text} NOT NULL,
         version BIGINT NOT NULL,
         UNIQUE (kind, id),
         UNIQUE (kind, unique_name)
       )${options}`,
      `CREATE TABLE IF NOT EXISTS secrets (name ${digest} NOT NULL PRIMARY KEY, body ${text} NOT NULL)${options}`,
    ],
  ];
}
