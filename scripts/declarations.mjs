// Reads the public declarations as a user's compiler does: what each entry point exports, what that names, and what is
// said of it. docs-api.mjs writes pages of it; test/package/declarations.test.ts holds it to rules.
import { createRequire } from 'module'
import path from 'path'

const ts = createRequire(import.meta.url)('typescript-5.9')

const options = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
}

/**
 * The exports of each entry point.
 *
 * @param {Record<string, string>} entries - Names of entry points, and their declaration files.
 * @param {string} folder - Declarations of ours lie in it; all others are somebody else's.
 */
export function readDeclarations(entries, folder) {
  const program = ts.createProgram(Object.values(entries), options)
  const checker = program.getTypeChecker()
  const exportsOf = (file) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file))
    if (module === undefined) throw new Error(`${file} is no module`)
    return checker
      .getExportsOfModule(module)
      .map((symbol) => ({ name: symbol.name, symbol: resolved(checker, symbol) }))
  }
  return Object.entries(entries).map(([name, file]) => ({
    name,
    exports: exportsOf(file).map((each) => ({
      name: each.name,
      symbol: each.symbol,
      nodes: (each.symbol.declarations ?? []).map(statementOf),
      isOurs: (each.symbol.declarations ?? []).some((node) => isWithin(folder, node)),
      names: namesIn(checker, each.symbol, folder),
      undocumented: undocumented(checker, { nodes: (each.symbol.declarations ?? []).map(statementOf) }),
    })),
  }))
}

/** What is wrong with the declarations, in words. */
export function problemsOf(read) {
  const symbolsOf = (entry) => entry.exports.map((each) => each.symbol)
  const problems = []
  for (const { name, exports } of read) {
    // An entry point may name what those list that it stands on, by its name: `a/b` stands on `a/b`, `a` and the core.
    const base = read.filter((other) => name === other.name || name.startsWith(`${other.name}/`))
    const listed = new Set(base.flatMap(symbolsOf))
    for (const each of exports) {
      const where = `${name}: ${each.name}`
      for (const named of each.names) {
        if (!listed.has(named)) problems.push(`${where} names ${named.name}, which is not exported`)
      }
      for (const node of each.nodes) {
        for (const member of anyIn(node)) problems.push(`${where}${member} has the type any`)
      }
      for (const member of each.undocumented) problems.push(`${where}${member} is not documented`)
    }
  }
  return [...new Set(problems)]
}

/** The members of a class, interface or type literal that users see. */
export function membersOf(node) {
  const body = ts.isTypeAliasDeclaration(node) ? node.type : node
  const members = body.members ?? []
  return [...members].filter((member) => !isHidden(member))
}

/** The text of a member's name. */
export function nameOf(member) {
  if (ts.isConstructorDeclaration(member)) return 'constructor'
  if (ts.isCallSignatureDeclaration(member)) return '()'
  if (ts.isIndexSignatureDeclaration(member)) return '[]'
  return member.name === undefined ? '' : member.name.getText()
}

/** The documentation of a declaration: its text, and its tags in their order. */
export function documentationOf(node) {
  const comment = ts.getJSDocCommentsAndTags(node).findLast((each) => ts.isJSDoc(each))
  if (comment === undefined) return undefined
  const tags = (comment.tags ?? []).map((tag) => {
    const name = tag.name?.getText() ?? tag.typeParameters?.map((each) => each.getText()).join(', ')
    // TypeScript takes the first word of these for a name.
    const isFree = ['see', 'throws'].includes(tag.tagName.text)
    const text = isFree ? textOf(tag) : (ts.getTextOfJSDocComment(tag.comment) ?? '').replace(/^- /, '')
    return { tag: tag.tagName.text, name, text }
  })
  return { text: ts.getTextOfJSDocComment(comment.comment) ?? '', tags }
}

/** The text of a tag as it stands in the source. */
function textOf(tag) {
  const text = tag.getText().replace(/^@\w+\s*/, '')
  return text.replace(/\n[ \t]*\*[ \t]?/g, '\n').trim()
}

/** What an export is, by its declarations. */
export function kindOf(nodes) {
  if (nodes.some(ts.isFunctionDeclaration)) return 'Functions'
  if (nodes.some(ts.isClassDeclaration)) return 'Classes'
  if (nodes.some(ts.isVariableStatement)) return 'Values'
  return nodes.some(ts.isInterfaceDeclaration) ? 'Options and other objects' : 'Types'
}

/** What an interface or a class extends, as it is written. */
export function basesOf(node) {
  const clauses = (node.heritageClauses ?? []).filter((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword)
  return clauses.flatMap((clause) => clause.types.map((type) => type.getText()))
}

/** The text of a member's type, in one line. */
export function typeOf(member) {
  const text =
    member.parameters === undefined || ts.isIndexSignatureDeclaration(member)
      ? (member.type?.getText() ?? '')
      : `(${member.parameters.map((each) => each.getText()).join(', ')}) => ${member.type?.getText() ?? 'void'}`
  return text.replace(/\/\*\*?[\s\S]*?\*\//g, '').replace(/\s+/g, ' ')
}

/** The declaration without its comments and without what users do not see. */
export function signatureOf(node) {
  const hidden = new Set()
  const visit = (each) => {
    if (isHidden(each)) hidden.add(each)
    else ts.forEachChild(each, visit)
  }
  visit(node)
  const text = node.getSourceFile().text
  let shown = ''
  let at = node.getStart()
  for (const each of hidden) {
    shown += text.slice(at, each.getFullStart())
    at = each.getEnd()
  }
  shown += text.slice(at, node.getEnd())
  return shown
    .replace(/[ \t]*\/\*\*[\s\S]*?\*\/[ \t]*\n?/g, '')
    .replace(/([(,])[ \t]*\n[ \t]+(?=\w+\??:)/g, (_, before) => (before === ',' ? ', ' : before))
    .replace(/^export /, '')
    .replace(/\bdeclare /, '')
}

const resolved = (checker, symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol)

const isWithin = (folder, node) => !path.relative(folder, node.getSourceFile().fileName).startsWith('..')

/** Of a variable, the whole statement, where its comment stands. */
const statementOf = (node) => (ts.isVariableDeclaration(node) ? node.parent.parent : node)

function isHidden(node) {
  const isPrivate = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0
  return isPrivate || (node.name !== undefined && ts.isPrivateIdentifier(node.name))
}

/** Our own top-level symbols that a declaration names where users see it. */
function namesIn(checker, symbol, folder) {
  const found = new Set()
  const note = (name) => {
    let named = checker.getSymbolAtLocation(name)
    if (named === undefined) return
    named = resolved(checker, named)
    const [node] = named.declarations ?? []
    if (node === undefined || named === symbol || !isWithin(folder, node)) return
    if (ts.isSourceFile(statementOf(node).parent)) found.add(named)
  }
  const visit = (node) => {
    if (isHidden(node)) return
    if (ts.isTypeReferenceNode(node)) note(node.typeName)
    else if (ts.isExpressionWithTypeArguments(node)) note(node.expression)
    else if (ts.isTypeQueryNode(node)) note(node.exprName)
    else if (ts.isImportTypeNode(node) && node.qualifier !== undefined) note(node.qualifier)
    ts.forEachChild(node, visit)
  }
  for (const node of symbol.declarations ?? []) {
    if (isWithin(folder, node)) visit(statementOf(node))
  }
  return [...found]
}

/** Where `any` stands, as `.member`. */
function anyIn(node) {
  const found = []
  const visit = (each, member) => {
    if (isHidden(each)) return
    if (each.kind === ts.SyntaxKind.AnyKeyword) found.push(member)
    const inner = ts.isTypeElement(each) || ts.isClassElement(each) ? `.${nameOf(each)}` : member
    ts.forEachChild(each, (child) => visit(child, inner))
  }
  visit(node, '')
  return found
}

/**
 * The export itself as an empty text, and members as `.member`, that a reader is told nothing of. One overload speaks for
 * all, an inherited comment for what overrides it, a class for its constructor, and the class of an error for its name.
 */
function undocumented(checker, { nodes }) {
  const silent = nodes.some(isDocumented) ? [] : ['']
  const members = nodes.flatMap(membersOf)
  const documented = new Set(members.filter((member) => isDocumented(member) || inherits(checker, member)).map(nameOf))
  for (const member of members) {
    const name = nameOf(member)
    if (!documented.has(name) && !speaksForItself(member)) silent.push(`.${name}`)
  }
  return silent
}

function isDocumented(node) {
  const said = documentationOf(node)
  return said !== undefined && (said.text.trim() !== '' || said.tags.length > 0)
}

function inherits(checker, member) {
  const symbol = member.name && checker.getSymbolAtLocation(member.name)
  return symbol !== undefined && symbol.getDocumentationComment(checker).length > 0
}

function speaksForItself(member) {
  if (ts.isConstructorDeclaration(member)) return true
  return (
    nameOf(member) === 'name' && ts.isClassDeclaration(member.parent) && /Error|Refused$/.test(member.parent.name.text)
  )
}

/** The declaration files of the package's entry points in one of its builds: `wideline`, `wideline/express` and so on. */
export function entriesIn(manifest, folder) {
  return Object.fromEntries(
    Object.entries(manifest.exports)
      .filter(([, target]) => typeof target === 'object')
      .map(([subpath, target]) => [
        path.posix.join(manifest.name, subpath),
        path.join(folder, path.relative('dist/esm', target.import.types)),
      ]),
  )
}
