import { register } from 'node:module';

/** Lets a program of this house run from its sources: node --import <this file> --conditions @dcvsm/source main.ts */
register('./typescript-hooks.mjs', import.meta.url);
