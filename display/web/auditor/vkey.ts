import { sha256Hex } from '../shared/jws/base64url'

/** The SHA-256 of the verifier key as it is written, in groups of four: what two people read to each other. */
export async function keyFingerprint(vkey: string): Promise<string> {
  const hash = await sha256Hex(new TextEncoder().encode(vkey))
  return hash.match(/.{4}/g)?.join(' ') ?? hash
}

/** The anchor file (docs/specs/log.md) with its gaps: what stands in it must come from elsewhere than the export. */
export function anchorTemplate(vkey: string, checkpoint: string, comment: string): string {
  const lines = comment.split('\n').map((line) => `# ${line}`)
  return [
    ...lines,
    `vkey = ${JSON.stringify(vkey)}`,
    'ca = ["""',
    '-----BEGIN CERTIFICATE-----',
    '…',
    '-----END CERTIFICATE-----',
    '"""]',
    'checkpoint = """',
    checkpoint.endsWith('\n') ? `${checkpoint}"""` : `${checkpoint}\n"""`,
    '',
  ].join('\n')
}
