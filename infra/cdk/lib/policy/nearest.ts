/** The word of several that was probably meant, if one is near enough. */
export function nearest(written: string, known: string[]): string | undefined {
  const text = written.toLowerCase();
  const scored = known.map((word) => ({ word, edits: edits(text, word.toLowerCase()) }));
  const best = scored.reduce((one, other) => (other.edits < one.edits ? other : one), { word: '', edits: Infinity });
  return best.edits <= Math.max(1, Math.floor(text.length / 3)) ? best.word : undefined;
}

/** How many letters must be changed, added, taken away or swapped with the next. */
export function edits(one: string, other: string): number {
  const rows: number[][] = [];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let i = 0; i <= one.length; i++) {
    rows.push([]);
    for (let j = 0; j <= other.length; j++) {
      const differs = one[i - 1] === other[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const ways = i === 0 || j === 0 ? [i + j] : [at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + differs];
      rows[i]?.push(Math.min(...ways, swapped ? at(i - 2, j - 2) + 1 : Infinity));
    }
  }
  return at(one.length, other.length);
}
