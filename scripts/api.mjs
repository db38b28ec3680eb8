// npm run docs:api   the reference of every public name, out of its TSDoc: dist/api, one page for each entry point
import fs from 'fs'
import path from 'path'
import ts from 'typescript-5.9'
import { root } from './run.mjs'

const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))

/** The entry points by the names an application imports them under, with their declarations. */
export const ENTRIES = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target === 'object')
  .map(([name, target]) => ({ entry: path.posix.join('wideline', name), file: path.join(root, target.import.types) }))

/** The public names of entry points: what is said of each, and how it is declared. */
export function publicNames(entries = ENTRIES) {
  const files = entries.map(({ file }) => file)
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: ['node'],
    skipLibCheck: true,
  })
  const checker = program.getTypeChecker()
  return entries.map(({ entry, file }) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file))
    const names = checker.getExportsOfModule(module).map((symbol) => describe(checker, symbol))
    return { entry, names: names.toSorted((a, b) => a.name.localeCompare(b.name)) }
  })
}

function describe(checker, exported) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker))
  const tags = symbol
    .getJsDocTags(checker)
    .map(({ name, text: parts }) => ({ name, text: ts.displayPartsToString(parts) }))
  const declarations = (symbol.declarations ?? []).filter((node) => !ts.isModuleDeclaration(node)).map(printed)
  return { name: exported.name, text, tags, declarations }
}

const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed })

/** A declaration as it is, without what is not public and without its own comment, which stands above it. */
function printed(node) {
  const source = node.getSourceFile()
  const outer = ts.isVariableDeclaration(node) ? node.parent.parent : node
  const isHidden = (member) =>
    (ts.getCombinedModifierFlags(member) & HIDDEN) !== 0 ||
    ts.getJSDocTags(member).some(({ tagName }) => tagName.text === 'internal')
  const shown =
    ts.isClassDeclaration(outer) || ts.isInterfaceDeclaration(outer)
      ? { ...outer, members: ts.factory.createNodeArray(outer.members.filter((member) => !isHidden(member))) }
      : outer
  const text = printer.printNode(ts.EmitHint.Unspecified, shown, source)
  return text.replace(/^\/\*\*[^]*?\*\/\s*/, '').replace(/^export (declare )?/, '')
}

function page({ entry, names }) {
  const parts = [`# ${entry}`, '']
  for (const { name, text, tags, declarations } of names) {
    parts.push(`## ${name}`, '', '```ts', ...declarations, '```', '')
    if (text !== '') parts.push(text, '')
    for (const tag of tags) {
      if (tag.name === 'example') parts.push('```ts', tag.text, '```', '')
      else if (tag.name === 'param') parts.push(`- ${tag.text.replace(/^(\w+) -? ?/, '`$1` – ')}`)
      else if (tag.name === 'throws' || tag.name === 'returns') parts.push(`- ${tag.name} ${tag.text}`.trimEnd())
      else if (tag.name === 'see') parts.push(`- see ${tag.text}`)
    }
    parts.push('')
  }
  return `${parts
    .join('\n')
    .replace(/\{@link ([\w.]+) *\}/g, '`$1`')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`
}

/** The pages, by their file names. */
export function pages() {
  return publicNames().map((entry) => ({ file: `${entry.entry.replaceAll('/', '-')}.md`, text: page(entry) }))
}

if (process.argv[1] === import.meta.filename) {
  const folder = path.join(root, 'dist/api')
  fs.mkdirSync(folder, { recursive: true })
  for (const { file, text } of pages()) fs.writeFileSync(path.join(folder, file), text)
  process.stdout.write(`docs:api: ${folder}\n`)
}
