/** Numbers as people read them in English, as all that stands around them. */

let plain: Intl.NumberFormat | undefined;

/** "12,300". */
export function number(value: number): string {
  plain ??= new Intl.NumberFormat('en');
  return plain.format(value);
}

/** "1 word", "12 words". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${value === 1 ? one : many}`;
}

/** "−20%", "+1,189%", "±0%", with a real minus sign. */
export function signedPercent(value: number): string {
  const sign = value < 0 ? '\u2212' : value > 0 ? '+' : '\u00b1';
  return `${sign}${number(Math.abs(value))}%`;
}

/** US dollars, with as many places as a small amount needs: "$0.0004", "$1.20". */
export function dollars(value: number): string {
  const digits = value === 0 || value >= 0.1 ? 2 : Math.min(6, 1 - Math.floor(Math.log10(value)));
  return new Intl.NumberFormat('en', {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: Math.min(2, digits),
    maximumFractionDigits: digits,
  }).format(value);
}

/** People in a sentence: "Anna", "Anna and Ben", "Anna, Ben and 3 others". */
export function people(
  mailboxes: readonly { name?: string | null; address: string }[],
  shown = 2,
): string {
  const names = mailboxes.map((mailbox) => mailbox.name?.trim() || mailbox.address);
  if (names.length <= shown) return names.join(names.length === 2 ? ' and ' : ', ');
  return `${names.slice(0, shown).join(', ')} and ${counted(names.length - shown, 'other')}`;
}
