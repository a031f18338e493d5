/** Longest text that is read, in UTF-16 code units (what `text.length` counts). */
export const MAX_CHARACTERS = 4096;

/** How many parentheses and `not` may be open at once. Bounds the recursion of everything that walks a tree. */
export const MAX_DEPTH = 32;

/** How many comparisons one text may hold. Bounds the work done for each server during placement. */
export const MAX_CLAUSES = 256;
