import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { verifierKey } from 'wideline/audit'
import { parseNote, signatureLine, verifyEd25519, verifyNote } from '../../src/audit/signed-note.js'
import { parseVerifierKey, verifierKeyOf } from '../../src/audit/verifier-key.js'

/** A public key from its 32 bytes. */
function publicKey(hex: string): ReturnType<typeof createPublicKey> {
  const x = Buffer.from(hex, 'hex').toString('base64url')
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}

const verifies = (key: string, message: string, signature: string): boolean =>
  verifyEd25519({ publicKey: publicKey(key) }, Buffer.from(message, 'hex'), Buffer.from(signature, 'hex'))

describe('Ed25519', () => {
  // RFC 8032, section 7.1.
  it.each([
    {
      name: 'TEST 1',
      key: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      message: '',
      signature:
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    },
    {
      name: 'TEST 2',
      key: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      message: '72',
      signature:
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    },
    {
      name: 'TEST 3',
      key: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      message: 'af82',
      signature:
        '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    },
  ])('verifies $name of RFC 8032, and no bit of it otherwise', ({ key, message, signature }) => {
    expect(verifies(key, message, signature)).toBe(true)
    expect(verifies(key, `${message}00`, signature)).toBe(false)
    const bytes = Buffer.from(signature, 'hex')
    for (let bit = 0; bit < 512; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7)
      expect(verifies(key, message, bytes.toString('hex'))).toBe(false)
      bytes[bit >> 3] ^= 1 << (bit & 7)
    }
  })

  it('takes no signature whose second half is not reduced, and none of another length', () => {
    const { privateKey, publicKey: key } = generateKeyPairSync('ed25519')
    const signature = sign(null, Buffer.from('message'), privateKey)
    const order = 2n ** 252n + 27742317777372353535851937790883648493n
    const s = BigInt(`0x${Buffer.from(signature.subarray(32).toReversed()).toString('hex')}`) + order
    const forged = Buffer.concat([
      signature.subarray(0, 32),
      Buffer.from(s.toString(16).padStart(64, '0'), 'hex').toReversed(),
    ])
    const check = (bytes: Uint8Array): boolean => verifyEd25519({ publicKey: key }, Buffer.from('message'), bytes)
    expect(check(signature)).toBe(true)
    expect(check(forged)).toBe(false)
    expect(check(signature.subarray(0, 63))).toBe(false)
    expect(check(Buffer.concat([signature, Buffer.from([0])]))).toBe(false)
    expect(check(Buffer.alloc(0))).toBe(false)
  })

  interface Vectors {
    testGroups: {
      publicKey: { pk: string }
      tests: { tcId: number; comment: string; msg: string; sig: string; result: string }[]
    }[]
  }

  it('agrees with every vector of project Wycheproof that is here', () => {
    const root = path.resolve(import.meta.dirname, '../../../shared/conformance')
    const names = fs.existsSync(root) ? fs.readdirSync(root, { recursive: true, encoding: 'utf8' }) : []
    const file = names.find((name) => /ed25519(?:_test)?\.json$/i.test(name))
    if (file === undefined) {
      process.stdout.write(
        'wycheproof: no Ed25519 vectors in ../shared/conformance; those of RFC 8032 were used alone\n',
      )
      expect(names.some((name) => name.includes('ed25519'))).toBe(false)
      return
    }
    const { testGroups } = JSON.parse(fs.readFileSync(path.join(root, file), 'utf8')) as Vectors
    let count = 0
    for (const group of testGroups) {
      for (const { tcId, comment, msg, sig, result } of group.tests) {
        const key = publicKey(group.publicKey.pk)
        const isValid = verifyEd25519({ publicKey: key }, Buffer.from(msg, 'hex'), Buffer.from(sig, 'hex'))
        expect({ tcId, comment, isValid }).toEqual({ tcId, comment, isValid: result === 'valid' })
        count++
      }
    }
    expect(count).toBeGreaterThan(50)
  })
})

describe('signed notes', () => {
  // Made by another implementation of C2SP's signed notes.
  const vkey = 'example.com/foo+530d903a+AekyeRrm56h'
  const foreignKey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
  const foreignNote =
    'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n'

  it('of another implementation verify with its verifier key', () => {
    const key = parseVerifierKey(foreignKey)!
    const note = parseNote(foreignNote)!
    expect(note.text).toBe('This is an example message.\n')
    expect(verifyNote(note.text, key, note.signatures[0])).toBe(true)
    expect(verifyNote('This is an example massage.\n', key, note.signatures[0])).toBe(false)
    expect(parseVerifierKey(vkey)).toBeUndefined()
  })

  it('are read strictly', () => {
    for (const bad of [
      '',
      'text',
      'text\n',
      'text\n\n',
      '\n\n— a AAAAAAA=\n',
      'text\n\n- a AAAAAAAA\n',
      'text\n\n— a AAAAAAAA',
      'text\n\n— a  AAAAAAAA\n',
      'text\n\n— a AAAA\n',
      'text\n\n— a+b AAAAAAAA\n',
      'te\txt\n\n— a AAAAAAAA\n',
      'te\rxt\n\n— a AAAAAAAA\n',
      'text\n\n— a AAAAAAAA\nmore\n',
      'text\n\n— a AAAAAAB=\n',
      `text\n\n${'— a AAAAAAAA\n'.repeat(65)}`,
      `${'x'.repeat(70_000)}\n\n— a AAAAAAAA\n`,
      '\ud800\n\n— a AAAAAAAA\n',
    ]) {
      expect({ bad, note: parseNote(bad) }).toEqual({ bad, note: undefined })
    }
    expect(parseNote('two\n\nparts\n\n— a AAAAAAAA\n')?.text).toBe('two\n\nparts\n')
  })

  it('made here are read back', () => {
    const { privateKey, publicKey: key } = generateKeyPairSync('ed25519')
    const named = verifierKeyOf('shop.example/a', key, 'key')
    const text = 'a\nb\n'
    const note = parseNote(`${text}\n${signatureLine(named, sign(null, Buffer.from(text), privateKey))}`)!
    expect(verifyNote(note.text, parseVerifierKey(verifierKey('shop.example/a', key))!, note.signatures[0])).toBe(true)
  })

  it('know no verifier key with another id, name, type or length', () => {
    const [name, id, base64] = foreignKey.split('+')
    for (const bad of [
      `${name}+530d903b+${base64}`,
      `x${name}+${id}+${base64}`,
      `${name}+${id}+${base64.slice(0, -2)}`,
      `${name}+${id.toUpperCase()}+${base64}`,
      `${name}+${id}+B${base64.slice(1)}`,
      ` ${foreignKey}`,
      `${foreignKey}\n`,
    ]) {
      expect({ bad, key: parseVerifierKey(bad) }).toEqual({ bad, key: undefined })
    }
  })
})
