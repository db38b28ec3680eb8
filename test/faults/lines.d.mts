export function checksum(producer: string, number: number): string
export function fieldsOf(
  producer: string,
  number: number,
  fill?: string,
): { readonly p: string; readonly n: number; readonly c: string; readonly fill: string }
