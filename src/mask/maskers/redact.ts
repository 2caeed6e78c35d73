/** Replaces the whole value by a placeholder that says what stood there: `[redacted:email]`. */
export function redact(_text: string, label?: string): string {
  return label === undefined ? '[redacted]' : `[redacted:${label}]`;
}
